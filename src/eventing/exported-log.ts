/** The log as it leaves the house, each event checked on its way out. */
import type { EventStore, LogFault, RecordedEvent } from './event-store.js';

/** An event with its digest (null: written without one), or something that is not as it was written. */
export type Exported = (RecordedEvent & { readonly digest: string | null }) | { readonly fault: LogFault };

/**
 * Every event in log order (or those of one stream), as it is now. A fault does not end it: what can be read is given.
 * @throws StoreUnavailableError the log cannot be read now
 * @throws the signal's reason when it is aborted before the end: half a log must not look like a whole one
 */
export async function* exportedLog(
  store: EventStore,
  options: { readonly streamId?: string; readonly signal?: AbortSignal } = {},
): AsyncGenerator<Exported, void, void> {
  for await (const { events, faults } of store.audit(options)) {
    for (const { event, digest } of events) yield { ...event, digest };
    for (const fault of faults) yield { fault };
  }
  options.signal?.throwIfAborted();
}
