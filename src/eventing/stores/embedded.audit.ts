/** Checks the embedded log against its digests (docs/decisions/106). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LogDamagedError, type AuditBatch, type AuditedEvent, type LogFault } from '../event-store.js';
import type { DatabaseSync, SqliteRow } from '../sql/sqlite.js';
import { digestInLog } from './digests.js';
import { headOf, readAnchor, readChain, toSealedRow, type Chain, type LogReader, type SealedRow } from './embedded.file.js';
import { toRecorded } from './serialise.js';

/** Rows looked at before the event loop gets its turn again. */
const PAGE = 256;

export type LogToAudit = { readonly identity: string; readonly reading: DatabaseSync; readonly reader: LogReader };

/** Goes through the events in their order, with the digest each one is to follow. */
class ChainCheck {
  #ordinal: number;
  /** What the next digest may have been made with: the one stored before it, and the one that should stand there. */
  #before: readonly string[];
  readonly #starts: ReadonlySet<number>;

  /** @param after ordinal before the first one checked @param before digest stored there, null without one */
  constructor(
    private readonly identity: string,
    private readonly chain: Chain,
    after = 0,
    before: string | null = null,
  ) {
    this.#starts = new Set(chain.starts);
    this.#ordinal = after;
    this.#before = before === null ? [] : [before];
  }

  /** What is wrong with the next row; null: nothing. */
  take(row: SealedRow): string | null {
    const expected = this.#ordinal + 1;
    const { ordinal, digest } = row;
    this.#ordinal = ordinal;
    const candidates = this.#starts.has(ordinal) ? [this.identity] : this.#before;
    if (ordinal !== expected) {
      // What it follows is gone, so nothing can be said of itself.
      this.#before = digest === null ? [] : [digest];
      return ordinal < expected
        ? 'stands out of order'
        : `comes after a gap: ${eventsInWords(expected, ordinal - 1)} of the log ${expected === ordinal - 1 ? 'is' : 'are'} missing`;
    }
    const should = candidates.map((before) => digestInLog(before, ordinal, row));
    this.#before = [...new Set([...(digest === null ? [] : [digest]), ...should])].slice(0, 2);
    if (digest === null)
      return ordinal < this.chain.sealedFrom ? null : 'has no digest: it was written by an older release, or its digest was taken away';
    if (should.includes(digest)) return null;
    return candidates.length === 0
      ? 'cannot be checked: the event before it has no digest'
      : 'is not as it was written: its digest is another one';
  }

  /** The next event cannot be read. */
  skip(): void {
    this.#ordinal += 1;
    this.#before = [];
  }
}

const eventsInWords = (from: number, to: number): string => (from === to ? `event ${from}` : `events ${from} to ${to}`);

/** The whole log from its start up to event `head`, a page at a time. */
export async function* auditLog(log: LogToAudit, head: number, ended: () => boolean): AsyncGenerator<AuditBatch, void, void> {
  const check = new ChainCheck(log.identity, readChain(log.reading));
  for (let after = 0; after < head && !ended();) {
    const { rows, unreadable } = readRows(log.reader, after, head);
    const batch = emptyBatch();
    for (const row of rows) addRow(batch, row, check.take(row));
    if (unreadable !== undefined) {
      for (let ordinal = unreadable.from; ordinal <= unreadable.to; ordinal += 1) check.skip();
      batch.faults.push({
        streamId: null,
        revision: null,
        words: `${eventsInWords(unreadable.from, unreadable.to)} of the log cannot be read: ${unreadable.reason}`,
      });
    }
    const last = Math.max(rows.at(-1)?.ordinal ?? 0, unreadable?.to ?? 0);
    if (last === 0) batch.faults.push(missingEnd(after, head));
    yield batch;
    if (last === 0) return;
    after = last;
    await nextTurn();
  }
  const faults = anchorFaults(log, head);
  if (faults.length > 0) yield { events: [], faults };
}

/** One stream, each event against the digest stored before it. */
export async function* auditStream(log: LogToAudit, streamId: string, ended: () => boolean): AsyncGenerator<AuditBatch, void, void> {
  const chain = readChain(log.reading);
  for (let next = 0; !ended(); next += PAGE) {
    const rows = log.reader.sealedStream.all(streamId, next, PAGE).map(toSealedRow);
    const batch = emptyBatch();
    for (const [index, row] of rows.entries()) {
      if (row.revision !== next + index)
        batch.faults.push({ streamId, revision: row.revision, words: `stands where revision ${next + index} should` });
      const before = log.reader.sealedAt.get(row.ordinal - 1)?.['digest'];
      addRow(batch, row, new ChainCheck(log.identity, chain, row.ordinal - 1, typeof before === 'string' ? before : null).take(row));
    }
    yield batch;
    if (rows.length < PAGE) return;
    await nextTurn();
  }
}

/**
 * The last events of the log, quickly (a thousand in about 10 ms).
 * @throws LogDamagedError naming the first one that is not as it was written
 */
export function checkTail(log: LogToAudit, events: number): void {
  const head = headOf(log.reading);
  const from = Math.max(0, head - events);
  const before = log.reader.sealedAt.get(from)?.['digest'];
  const check = new ChainCheck(log.identity, readChain(log.reading), from, typeof before === 'string' ? before : null);
  const batch = emptyBatch();
  for (const row of log.reader.sealed.all(from, events).map(toSealedRow)) addRow(batch, row, check.take(row));
  const [first] = [...batch.faults, ...anchorFaults(log, head)];
  if (first === undefined) return;
  const of = first.streamId === null ? '' : `event ${first.revision} of stream ${first.streamId} `;
  throw new LogDamagedError(
    `The end of the event log is damaged: ${of}${first.words}. Restore log.sqlite from a backup; "backhaul verify" tells everything that differs.`,
  );
}

/** Whether the log still reaches to where it was opened or closed last. A shorter one has lost its end. */
function anchorFaults({ reading, reader }: LogToAudit, head: number): readonly LogFault[] {
  const anchor = readAnchor(reading);
  if (anchor === undefined) return [];
  if (anchor.ordinal > head) return [missingEnd(head, anchor.ordinal)];
  if (reader.sealedAt.get(anchor.ordinal)?.['digest'] === anchor.digest) return [];
  return [
    {
      streamId: null,
      revision: null,
      words: `event ${anchor.ordinal} of the log is not the one that was last when the log was opened or closed`,
    },
  ];
}

const missingEnd = (last: number, was: number): LogFault => ({
  streamId: null,
  revision: null,
  words: `the log ends with event ${last}, but it had ${was}: its end is missing`,
});

type Unreadable = { readonly from: number; readonly to: number; readonly reason: string };

/** A page of rows; where SQLite cannot read it whole, what can be read of it, up to the first stretch that cannot. */
function readRows(
  { sealed, sealedAt }: LogReader,
  after: number,
  head: number,
): { readonly rows: readonly SealedRow[]; readonly unreadable: Unreadable | undefined } {
  const limit = Math.min(PAGE, head - after);
  try {
    return { rows: sealed.all(after, limit).map(toSealedRow), unreadable: undefined };
  } catch {
    // One by one below.
  }
  const rows: SealedRow[] = [];
  let unreadable: Unreadable | undefined;
  for (let ordinal = after + 1; ordinal <= after + limit; ordinal += 1) {
    let row: SqliteRow | undefined;
    try {
      row = sealedAt.get(ordinal);
    } catch (error) {
      unreadable = { from: unreadable?.from ?? ordinal, to: ordinal, reason: error instanceof Error ? error.message : String(error) };
      continue;
    }
    if (unreadable !== undefined) break;
    if (row !== undefined) rows.push(toSealedRow(row));
  }
  return { rows, unreadable };
}

type GrowingBatch = { readonly events: AuditedEvent[]; readonly faults: LogFault[] };
const emptyBatch = (): GrowingBatch => ({ events: [], faults: [] });

function addRow(batch: GrowingBatch, row: SealedRow, wrong: string | null): void {
  const { streamId, revision, digest } = row;
  if (wrong !== null) batch.faults.push({ streamId, revision, words: wrong });
  try {
    batch.events.push({ event: toRecorded(row), digest });
  } catch {
    // What the parser says would quote the event.
    if (wrong === null) batch.faults.push({ streamId, revision, words: 'cannot be read: it is not JSON' });
  }
}
