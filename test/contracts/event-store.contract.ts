/**
 * What every event store promises, as one list of cases that is run against each of them. Cases use fresh streams and
 * start from the head they find, so they also hold on a server that already contains other streams.
 */
import { afterEach, beforeEach, describe, it } from '@jest/globals';
import type { EventStore } from '../../src/eventing/event-store.js';
import { appendCases } from './event-store.append-cases.js';
import { subscribeCases } from './event-store.subscribe-cases.js';

/** A store under test and the ways to bring it back. */
export type StoreUnderTest = {
  readonly store: EventStore;
  /** Closes the store and opens the same log again. */
  reopen(): Promise<EventStore>;
  /** Closes what is open and removes what was made for the test. */
  dispose(): Promise<void>;
};

export type StoreCase = { readonly name: string; readonly run: (subject: StoreUnderTest) => Promise<void> };

export const eventStoreCases: readonly StoreCase[] = [...appendCases, ...subscribeCases];

/** Runs every case against a store made anew for each by `open`. */
export function describeEventStore(title: string, open: () => Promise<StoreUnderTest>): void {
  describe(title, () => {
    let subject: StoreUnderTest;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.dispose());
    for (const { name, run } of eventStoreCases) it(name, () => run(subject));
  });
}
