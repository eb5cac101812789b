/** The log as lines of JSON, each event checked on its way out. */
import type { EventStore, LogFault } from './event-store.js';

/** An event as one line (without its line break), or something that is not as it was written. */
export type Exported = { readonly line: string } | { readonly fault: LogFault };

/**
 * Every event in log order (or those of one stream), as it is now. A fault does not end it: what can be read is given.
 * @throws StoreUnavailableError the log cannot be read now
 */
export async function* exportedLog(store: EventStore, options: { readonly streamId?: string; readonly signal?: AbortSignal } = {}): AsyncGenerator<Exported, void, void> {
  for await (const { events, faults } of store.audit(options)) {
    for (const { event, digest } of events) yield { line: JSON.stringify({ ...event, digest }) };
    for (const fault of faults) yield { fault };
  }
}
