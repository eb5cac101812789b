import type { RecordedEvent } from '../event-store.js';
import { toRecorded, type StoredEvent } from './serialise.js';

const MAX_EVENTS = 4096;
const MAX_CHARACTERS = 16 * 1024 * 1024;

type Entry = { readonly stored: StoredEvent; recorded?: RecordedEvent };

/**
 * The newest events of the log in memory, so that subscribers which are caught up need not read the file for what was
 * just written. Bounded by number and size; whoever is further behind reads the file.
 */
export class Tail {
  #entries: Entry[] = [];
  #characters = 0;
  #head: number;

  constructor(head: number) {
    this.#head = head;
  }

  /** Ordinal of the newest event in the log (0 = empty), whether or not it is held here. */
  get head(): number {
    return this.#head;
  }

  /** Adds events whose ordinals follow `head` without a gap. */
  push(events: readonly StoredEvent[]): void {
    for (const stored of events) {
      this.#entries.push({ stored });
      this.#characters += size(stored);
    }
    this.#head += events.length;
    let surplus = 0;
    while (this.#entries.length - surplus > MAX_EVENTS || this.#characters > MAX_CHARACTERS) {
      const dropped = this.#entries[surplus];
      if (dropped === undefined) break;
      this.#characters -= size(dropped.stored);
      surplus += 1;
    }
    if (surplus > 0) this.#entries = this.#entries.slice(surplus);
  }

  /** Forgets everything held; the next reader goes to the file. */
  reset(head: number): void {
    this.#entries = [];
    this.#characters = 0;
    this.#head = head;
  }

  /** At most `limit` events after the ordinal `after`, or undefined when they are no longer all held. */
  after(after: number, limit: number): readonly RecordedEvent[] | undefined {
    const first = this.#head - this.#entries.length + 1;
    if (after + 1 < first) return undefined;
    // Parsed on first use and shared: several projections follow the log, and most logs have moments without any.
    return this.#entries.slice(after + 1 - first, after + 1 - first + limit).map((entry) => (entry.recorded ??= toRecorded(entry.stored)));
  }
}

function size(event: StoredEvent): number {
  return event.data.length + event.metadata.length;
}
