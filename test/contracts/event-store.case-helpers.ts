import type { EventStore, ExpectedRevision, NewEvent } from '../../src/eventing/event-store.js';
import { freshStream, someEvents } from '../support/event-builders.js';

/** A store under test and the ways to bring it back. */
export type StoreUnderTest = {
  readonly store: EventStore;
  /** Closes the store and opens the same log again. */
  readonly reopen: () => Promise<EventStore>;
  /** Closes what is open and removes what was made for the test. */
  readonly dispose: () => Promise<void>;
};

export type StoreCase = { readonly name: string; readonly run: (subject: StoreUnderTest) => Promise<void> };

/** The event ids of a stream. */
export const ids = async (store: EventStore, stream: string) => (await store.readStream(stream)).map((event) => event.id);

/** What an append was refused with, undefined if it was not. */
export async function refusal(store: EventStore, stream: string, events: readonly NewEvent[], expected: ExpectedRevision) {
  return store.append(stream, events, expected).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A stream of three events, and the events. */
export async function threeEvents(store: EventStore) {
  const stream = freshStream();
  const events = someEvents(3);
  const appended = await store.append(stream, events, 'no-stream');
  return { stream, events, appended };
}
