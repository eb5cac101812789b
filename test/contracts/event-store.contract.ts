/**
 * What every event store promises, as one list of cases that is run against each of them. Cases use fresh streams and
 * start from the head they find, so they also hold on a server that already contains other streams.
 */
import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { appendCases } from './event-store.append-cases.js';
import { auditCases } from './event-store.audit-cases.js';
import type { StoreCase, StoreUnderTest } from './event-store.case-helpers.js';
import { revisionCases } from './event-store.revision-cases.js';
import { subscribeCases } from './event-store.subscribe-cases.js';

export const eventStoreCases: readonly StoreCase[] = [...appendCases, ...revisionCases, ...subscribeCases, ...auditCases];

/** Runs every case (and those of `more`) against a store made anew for each by `open`. */
export function describeEventStore<Subject extends StoreUnderTest>(
  title: string,
  open: () => Promise<Subject>,
  more: readonly { readonly name: string; readonly run: (subject: Subject) => Promise<void> }[] = [],
): void {
  describe(title, () => {
    let subject: Subject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.dispose());
    for (const { name, run } of [...eventStoreCases, ...more]) it(name, () => run(subject));
  });
}
