/**
 * What this device keeps: commands that wait, conflicts until a person settles them, returns it has seen, and who was
 * signed in last. Every tab of this browser uses the same database.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Schemas } from '../../shared/api/api';
import type { Outcome, QueuedCommand } from './commands';
import { NothingKept } from './nothing-kept';
import { withCommands, type KnownReturn } from './returns';
import { isOf } from './rules';

export type Conflict = Outcome & { readonly kind: 'conflict' };
/** `triedAs`: who was signed in when it was first sent; kept only where that matters (`isKnownAgainFromAnyone`). */
export type Entry = QueuedCommand & { readonly triedAs?: string };
/** The sequence is the key under which it is stored, which the database makes. */
type StoredEntry = Omit<Entry, 'sequence'>;
/** Who may use this station while the service cannot be asked. `id`: as the log names them. */
type LastSession = { readonly id: string; readonly roles: Schemas['BrowserSessionAnswer']['roles']; readonly expiresAt: string };

interface Station extends DBSchema {
  queued: { key: number; value: StoredEntry; indexes: { by: string } };
  conflicts: { key: string; value: Conflict };
  returns: { key: string; value: KnownReturn; indexes: { codes: string } };
  session: { key: string; value: LastSession };
}

let opening: Promise<IDBPDatabase<Station>> | undefined;

/** @throws NothingKept this browser has no store for this page; asked again, it may */
export function openStore(): Promise<IDBPDatabase<Station>> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw new NothingKept(error);
  });
  return opening;
}

/** Some browsers refuse by throwing, others by an answer. */
async function open(): Promise<IDBPDatabase<Station>> {
  return openDB<Station>('backhaul-station', 2, {
    upgrade(db, before, _, transaction) {
      if (before < 1) {
        db.createObjectStore('queued', { autoIncrement: true });
        db.createObjectStore('conflicts', { keyPath: 'queued.id' });
        db.createObjectStore('returns', { keyPath: 'returnId' }).createIndex('codes', 'codes', { multiEntry: true });
        db.createObjectStore('session');
      }
      transaction.objectStore('queued').createIndex('by', 'by');
      // It did not say who it was.
      void transaction.objectStore('session').clear();
    },
    // Another tab brings a newer version: let it, and open again when asked next.
    blocking() {
      void opening?.then((db) => db.close());
      opening = undefined;
    },
    terminated() {
      opening = undefined;
    },
  });
}

/** Resolves when the command is on the disk. Its sequence follows every other of this device. */
export async function addCommand(made: Omit<QueuedCommand, 'sequence'>): Promise<QueuedCommand> {
  const db = await openStore();
  const transaction = db.transaction('queued', 'readwrite', { durability: 'strict' });
  const sequence = await transaction.store.add(made);
  await transaction.done;
  return { ...made, sequence };
}

/** Waiting commands with a higher sequence, in order. */
export async function commandsAfter(sequence: number): Promise<readonly Entry[]> {
  const { store } = (await openStore()).transaction('queued');
  const range = IDBKeyRange.lowerBound(sequence, true);
  const [keys, entries] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
  return keys.flatMap((key, index) => {
    const entry = entries[index];
    return entry === undefined ? [] : [{ ...entry, sequence: key }];
  });
}

export const allWaiting = (): Promise<readonly Entry[]> => commandsAfter(0);

/** Says, before a command goes out, who sends it. */
export async function markTried({ sequence, ...entry }: Entry): Promise<void> {
  await (await openStore()).put('queued', entry, sequence);
}

/**
 * The service took it: it leaves the queue and counts on the return as kept here. Lost in a power cut, this costs one
 * repetition that the service recognises.
 */
export async function removeCommand({ sequence, ...counted }: QueuedCommand): Promise<void> {
  const transaction = (await openStore()).transaction(['queued', 'returns'], 'readwrite');
  const removing = transaction.objectStore('queued').delete(sequence);
  const returns = transaction.objectStore('returns');
  const { command } = counted;
  const known = 'returnId' in command ? await returns.get(command.returnId) : undefined;
  // Seen now: an answer that was asked for before may not count it.
  if (known !== undefined)
    await returns.put({ ...known, seenAt: new Date().toISOString(), expected: withCommands(known.expected, [counted]) });
  await Promise.all([removing, transaction.done]);
}

/** Out of the queue and among the conflicts in one step, so that it is in one of them at any time. */
export async function setAside(conflict: Conflict): Promise<void> {
  const transaction = (await openStore()).transaction(['queued', 'conflicts'], 'readwrite', { durability: 'strict' });
  await Promise.all([
    transaction.objectStore('conflicts').put(conflict),
    transaction.objectStore('queued').delete(conflict.queued.sequence),
    transaction.done,
  ]);
}

/** A person has dealt with it. */
export async function removeConflict(queuedId: string): Promise<void> {
  await (await openStore()).delete('conflicts', queuedId);
}

type Kept = { readonly waiting: number; readonly ofOthers: number; readonly conflicts: readonly Conflict[] };

/** How many wait, how many of them for another person than `who`, and the conflicts in the order in which they were made. */
export async function readStanding(who: string | null): Promise<Kept> {
  const transaction = (await openStore()).transaction(['queued', 'conflicts']);
  const queued = transaction.objectStore('queued');
  const makers = queued.index('by');
  const [waiting, ofSomebody, own, conflicts] = await Promise.all([
    queued.count(),
    makers.count(),
    who === null ? 0 : makers.count(who),
    transaction.objectStore('conflicts').getAll(),
  ]);
  return {
    waiting,
    ofOthers: who === null ? 0 : ofSomebody - own,
    conflicts: conflicts.toSorted((a, b) => a.queued.sequence - b.queued.sequence),
  };
}

/** What others made is sent as this person's from now on. */
export async function takeOver(who: string): Promise<void> {
  const transaction = (await openStore()).transaction('queued', 'readwrite', { durability: 'strict' });
  for await (const cursor of transaction.store) if (!isOf(cursor.value, who)) await cursor.update({ ...cursor.value, by: who });
  await transaction.done;
}

/**
 * Keeps what the service told, each `seenAt` the moment of asking. The counts stay as they are kept where commands of the
 * return wait, since the answer may count them, and where one was counted since, which the answer may not count.
 */
export async function keepReturns(told: readonly KnownReturn[]): Promise<void> {
  const transaction = (await openStore()).transaction(['queued', 'returns'], 'readwrite');
  const returns = transaction.objectStore('returns');
  const queued = await transaction.objectStore('queued').getAll();
  const waiting = new Set(queued.flatMap(({ command }) => ('returnId' in command ? [command.returnId] : [])));
  for (const known of told) {
    const before = await returns.get(known.returnId);
    const isSure = before === undefined || (known.seenAt > before.seenAt && !waiting.has(known.returnId));
    await returns.put(isSure ? known : { ...before, codes: known.codes });
  }
  await transaction.done;
}

/** Returns that one of these codes leads to. */
export async function returnsByCode(code: string): Promise<readonly KnownReturn[]> {
  return (await openStore()).getAllFromIndex('returns', 'codes', code);
}

export async function knownReturn(returnId: string): Promise<KnownReturn | undefined> {
  return (await openStore()).get('returns', returnId);
}

/** Forgets returns last seen before then. */
export async function forgetReturnsSeenBefore(seenAt: string): Promise<void> {
  const transaction = (await openStore()).transaction('returns', 'readwrite');
  for await (const cursor of transaction.store) if (cursor.value.seenAt < seenAt) await cursor.delete();
  await transaction.done;
}

const STAFF = 'staff';

export async function lastSession(): Promise<LastSession | undefined> {
  return (await openStore()).get('session', STAFF);
}

/** null: nobody is signed in any more. */
export async function keepLastSession(session: LastSession | null): Promise<void> {
  const db = await openStore();
  if (session === null) await db.delete('session', STAFF);
  else await db.put('session', { id: session.id, roles: session.roles, expiresAt: session.expiresAt }, STAFF);
}
