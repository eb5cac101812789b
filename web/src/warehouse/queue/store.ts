/**
 * What this device keeps: commands that wait, conflicts until a person settles them, returns it has seen, and whether a
 * clerk was signed in. Every tab of this browser uses the same database.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Schemas } from '../../shared/api';
import type { Outcome, QueuedCommand } from './commands';
import { withCommands, type KnownReturn } from './returns';
import { withOwnIds } from './rules';

export type Conflict = Outcome & { readonly kind: 'conflict' };
/** `triedAs`: digest of who was signed in when it was first sent; kept only where that matters (`isKnownAgainFromAnyone`). */
export type Entry = QueuedCommand & { readonly triedAs?: string };
/** The sequence is the key under which it is stored, which the database makes. */
type StoredEntry = Omit<Entry, 'sequence'>;
/** Who may use this station, without who he is. */
export type LastSession = { readonly roles: Schemas['BrowserSessionAnswer']['roles']; readonly expiresAt: string };

interface Station extends DBSchema {
  queued: { key: number; value: StoredEntry };
  conflicts: { key: string; value: Conflict };
  returns: { key: string; value: KnownReturn; indexes: { codes: string } };
  session: { key: string; value: LastSession };
}

let opening: Promise<IDBPDatabase<Station>> | undefined;

export function openStore(): Promise<IDBPDatabase<Station>> {
  opening ??= openDB<Station>('backhaul-station', 1, {
    upgrade(db) {
      db.createObjectStore('queued', { autoIncrement: true });
      db.createObjectStore('conflicts', { keyPath: 'queued.id' });
      db.createObjectStore('returns', { keyPath: 'returnId' }).createIndex('codes', 'codes', { multiEntry: true });
      db.createObjectStore('session');
    },
    // Another tab brings a newer version: let it, and open again when asked next.
    blocking() {
      void opening?.then((db) => db.close());
      opening = undefined;
    },
    terminated() {
      opening = undefined;
    },
  }).catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** Resolves when the command is on the disk. Its sequence follows every other of this device. */
export async function addCommand(made: Omit<QueuedCommand, 'sequence'>): Promise<QueuedCommand> {
  const db = await openStore();
  const transaction = db.transaction('queued', 'readwrite', { durability: 'strict' });
  const entry = { ...made, command: withOwnIds(made.command, made.id) };
  const sequence = await transaction.store.add(entry);
  await transaction.done;
  return { ...entry, sequence };
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
  if (known !== undefined) await returns.put({ ...known, seenAt: new Date().toISOString(), expected: withCommands(known.expected, [counted]) });
  await Promise.all([removing, transaction.done]);
}

/** Out of the queue and among the conflicts in one step, so that it is in one of them at any time. */
export async function setAside(conflict: Conflict): Promise<void> {
  const transaction = (await openStore()).transaction(['queued', 'conflicts'], 'readwrite', { durability: 'strict' });
  await Promise.all([transaction.objectStore('conflicts').put(conflict), transaction.objectStore('queued').delete(conflict.queued.sequence), transaction.done]);
}

/** A person has dealt with it. */
export async function removeConflict(queuedId: string): Promise<void> {
  await (await openStore()).delete('conflicts', queuedId);
}

/** How many wait, and the conflicts in the order in which they were made. */
export async function readStanding(): Promise<{ readonly waiting: number; readonly conflicts: readonly Conflict[] }> {
  const transaction = (await openStore()).transaction(['queued', 'conflicts']);
  const [waiting, conflicts] = await Promise.all([transaction.objectStore('queued').count(), transaction.objectStore('conflicts').getAll()]);
  return { waiting, conflicts: conflicts.toSorted((a, b) => a.queued.sequence - b.queued.sequence) };
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
  else await db.put('session', { roles: session.roles, expiresAt: session.expiresAt }, STAFF);
}
