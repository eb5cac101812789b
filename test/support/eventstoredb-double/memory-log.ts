/**
 * The part of EventStoreDB that decides: streams, positions and the rules for repeated and conflicting appends
 * (IndexWriter.CheckCommit of server 24.10). In memory, one node, no wire.
 */

/** An event as the wire brings it; the server never looks into `data` and `metadata`. */
export type Proposed = {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

export type LogRecord = Proposed & {
  readonly stream: string;
  readonly revision: number;
  /** Commit and prepare position; they are equal for appends of protocol v1. */
  readonly position: bigint;
  /** Milliseconds since 1970. */
  readonly created: number;
};

/** -1 stands for "no stream". */
export type AppendOutcome =
  | { readonly kind: 'written'; readonly revision: number; readonly position: bigint }
  | { readonly kind: 'wrong-revision'; readonly current: number }
  | { readonly kind: 'too-large'; readonly limit: number };

const MAX_APPEND_SIZE = 1024 * 1024;

export class MemoryLog {
  readonly records: LogRecord[] = [];
  readonly #streams = new Map<string, LogRecord[]>();
  readonly #listeners = new Set<() => void>();
  /** Appends that wrote something; repeated ones do not count. */
  writes = 0;

  stream(name: string): readonly LogRecord[] {
    return this.#streams.get(name) ?? [];
  }

  append(name: string, expected: number, events: readonly Proposed[]): AppendOutcome {
    const size = events.reduce((sum, e) => sum + e.data.length + e.metadata.length + 2 * e.type.length, 0);
    if (size > MAX_APPEND_SIZE) return { kind: 'too-large', limit: MAX_APPEND_SIZE };
    const stream = this.#streams.get(name) ?? [];
    const current = stream.length - 1;
    if (expected > current) return { kind: 'wrong-revision', current };
    if (expected < current) {
      const stored = stream.slice(expected + 1, expected + 1 + events.length);
      const last = stored.at(-1);
      const same = last !== undefined && events.every((event, index) => stored[index]?.id === event.id);
      return same ? { kind: 'written', revision: last.revision, position: last.position } : { kind: 'wrong-revision', current };
    }
    return this.#write(name, stream, events);
  }

  /** Writes as the server itself does for its own streams, e.g. `$metadata`. */
  appendSystemEvent(name = '$test-system', type = '$test'): void {
    const empty = new Uint8Array();
    const event = { id: crypto.randomUUID(), type, contentType: 'application/json', data: empty, metadata: empty };
    this.#write(name, this.#streams.get(name) ?? [], [event]);
  }

  /** Calls `listener` after each write until the returned function is called. */
  onWrite(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #write(name: string, stream: LogRecord[], events: readonly Proposed[]): AppendOutcome {
    let last: LogRecord | undefined;
    for (const event of events) {
      const position = BigInt(this.records.length + 1) * 100n;
      last = { ...event, stream: name, revision: stream.length, position, created: Date.now() };
      stream.push(last);
      this.records.push(last);
    }
    this.#streams.set(name, stream);
    this.writes += 1;
    for (const listener of [...this.#listeners]) listener();
    return { kind: 'written', revision: last?.revision ?? stream.length - 1, position: last?.position ?? 0n };
  }
}
