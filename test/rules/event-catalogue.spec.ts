/** Stored shapes are for ever: every event ever written is kept here as it was written, and is read to this day. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject, Position, RecordedEvent } from '../../src/eventing/event-store.js';
import { upcast } from '../../src/eventing/upcasting.js';
import { POLICY_EVENT_VERSIONS, type PolicyEvent } from '../../src/policy/rules/policy.events.js';
import { evolvePolicy, NOTHING_PUBLISHED } from '../../src/policy/rules/policy.state.js';
import { POLICY_UPCASTERS } from '../../src/policy/rules/policy.upcasters.js';
import { RETURNS_EVENT_VERSIONS, type EventOf, type ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import { evolve } from '../../src/returns/rules/returns.evolve.js';
import { NOTHING_YET } from '../../src/returns/rules/returns.state.js';
import { RETURNS_UPCASTERS } from '../../src/returns/rules/returns.upcasters.js';
import { someMetadata } from '../support/event-builders.js';

const FOLDER = new URL('../fixtures/events/', import.meta.url);
const files = new Set(readdirSync(FOLDER));
const versions: Readonly<Record<string, number>> = { ...RETURNS_EVENT_VERSIONS, ...POLICY_EVENT_VERSIONS };
const catalogue = Object.entries(versions).flatMap(([type, version]) =>
  Array.from({ length: version }, (_, index) => [type, index + 1] as const),
);

type Fixture = { readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };
const read = (type: string, version: number): Fixture =>
  JSON.parse(readFileSync(new URL(`${type}.v${version}.json`, FOLDER), 'utf8')) as Fixture;

/** The fixture as it would come from the log, in today's shape. */
function today<Event extends ReturnsEvent | PolicyEvent>(type: Event['type'], version: number): Event {
  const { data, schemaVersion } = read(type, version);
  const stored: RecordedEvent = {
    id: '00000000-0000-5000-8000-000000000000',
    streamId: 'returns-1001-A',
    revision: 0,
    position: '0' as Position,
    recordedAt: '2026-03-01T09:00:00.000Z',
    type,
    data,
    metadata: someMetadata({ schemaVersion }),
  };
  return JSON.parse(JSON.stringify(upcast({ versions, upcasters: { ...RETURNS_UPCASTERS, ...POLICY_UPCASTERS } }, stored))) as Event;
}

const isOfReturns = (type: string): type is ReturnsEvent['type'] => type in RETURNS_EVENT_VERSIONS;
const momentOf = (type: ReturnsEvent['type']): string => today<ReturnsEvent>(type, RETURNS_EVENT_VERSIONS[type]).data.at;
/** The fixtures of returns told as one story, by their moments; in which each of them changes something. */
const story = (): readonly ReturnsEvent['type'][] =>
  Object.keys(RETURNS_EVENT_VERSIONS)
    .filter(isOfReturns)
    .toSorted((one, other) => momentOf(one).localeCompare(momentOf(other)));

describe('Every event ever stored', () => {
  it.each(catalogue)('%s has a frozen fixture of version %i, which says so itself', (type, version) => {
    expect(files).toContain(`${type}.v${version}.json`);
    expect(read(type, version)).toMatchObject({ type, schemaVersion: version });
  });

  it("is read in today's shape and still means something: each event of the story changes the state", () => {
    expect(story().toSorted()).toEqual(Object.keys(RETURNS_EVENT_VERSIONS).toSorted());
    let state = NOTHING_YET;
    for (const type of story()) {
      const next = evolve(state, today(type, RETURNS_EVENT_VERSIONS[type]));
      expect({ type, changed: JSON.stringify(next) !== JSON.stringify(state) }).toEqual({ type, changed: true });
      state = next;
    }
    expect(state.returns[0]).toMatchObject({
      returnId: '1001-A-R1',
      authorisation: 'declined',
      milestones: { refundedAt: '2026-03-19T09:00:00.000Z' },
    });
  });

  it('of a policy too', () => {
    const published = evolvePolicy(NOTHING_PUBLISHED, today<PolicyEvent>('PolicyPublished', POLICY_EVENT_VERSIONS.PolicyPublished));
    const retired = evolvePolicy(published, today<PolicyEvent>('PolicyRetired', POLICY_EVENT_VERSIONS.PolicyRetired));
    expect(retired.versions).toMatchObject([
      { version: 1, document: { timeZone: 'Europe/Berlin' }, retiredAt: '2026-03-09T09:00:00.000Z' },
    ]);
  });

  it('of a policy from before reasons had translations', () => {
    const {
      versions: [first],
    } = evolvePolicy(NOTHING_PUBLISHED, today<PolicyEvent>('PolicyPublished', 1));
    expect(first?.document.reasons.map(({ code, labels }) => [code, labels])).toEqual([
      ['fit', {}],
      ['too_small', {}],
      ['defective', {}],
    ]);
  });

  it('of an order and a restock from before items could be without a SKU', () => {
    const {
      data: { lines },
    } = today<EventOf<'OrderRegistered'>>('OrderRegistered', 1);
    expect(lines.map(({ sku, title }) => [sku, title])).toEqual([
      ['SHIRT-M-BLUE', 'Shirt, blue, M'],
      ['CAP-RED', 'Cap, red'],
    ]);
    expect(today<EventOf<'RestockRequested'>>('RestockRequested', 1).data).toMatchObject({ sku: 'SHIRT-M-BLUE', title: 'SHIRT-M-BLUE' });
    const blank = {
      lines: [
        { lineId: 'a', sku: ' ' },
        { lineId: 'b', sku: 'B' },
      ],
    };
    expect(RETURNS_UPCASTERS['OrderAmended']?.[1]?.(blank)).toEqual({
      lines: [
        { lineId: 'a', kind: 'goods', sku: null, cancelled: [] },
        { lineId: 'b', kind: 'goods', sku: 'B', cancelled: [] },
      ],
    });
  });

  it('of reasons from before codes, texts and sentences were told apart', () => {
    const TEXT = '0b3c0c5e-57d5-5bd4-9d0e-111111111111';
    const closedFor = (reason: string) => RETURNS_UPCASTERS['ReturnClosed']?.[1]?.({ reason })['reason'];
    expect([closedFor('customer_kept_it'), closedFor(TEXT), closedFor('He kept it.')]).toEqual([
      { code: 'customer_kept_it' },
      { textRef: TEXT },
      { words: 'He kept it.' },
    ]);
    expect(today<EventOf<'RefundRetryRequested'>>('RefundRetryRequested', 1).data.reason).toEqual({ words: 'provider is back' });
    expect(today<EventOf<'RefundPutInDoubt'>>('RefundPutInDoubt', 1).data.reason).toEqual({ code: 'timeout' });
    expect(RETURNS_UPCASTERS['RefundParked']?.[1]?.({ reason: 'acme: down for maintenance' })['reason']).toEqual({
      words: 'acme: down for maintenance',
    });
    expect(today<EventOf<'ReturnCancelled'>>('ReturnCancelled', 1).data.reason).toEqual({ code: 'changed_plans' });
    expect(today<EventOf<'RefundEntitled'>>('RefundEntitled', 1).data.reason).toBeNull();
    expect(today<EventOf<'ReturnSentToReview'>>('ReturnSentToReview', 1).data.reasons).toEqual([{ code: 'review_above', reason: null }]);
    const reviewed = (code: string, words: string) =>
      RETURNS_UPCASTERS['ReturnSentToReview']?.[1]?.({ reasons: [{ code, words }] })['reasons'];
    expect(reviewed('fraud_check', 'A person looks at this return')).toEqual([{ code: 'fraud_check', reason: null }]);
    expect(reviewed('fraud_check', 'Ask Ada for a photo')).toEqual([{ code: 'fraud_check', reason: { words: 'Ask Ada for a photo' } }]);
    expect(reviewed('grade_x', TEXT)).toEqual([{ code: 'grade_x', reason: { textRef: TEXT } }]);
  });

  it('and one that nobody knows changes nothing', () => {
    const unknown = JSON.parse('{ "type": "SomethingNew", "data": { "returnId": "1001-A-R1" } }') as ReturnsEvent;
    expect(evolve(NOTHING_YET, unknown)).toBe(NOTHING_YET);
    for (const type of story().slice(5)) expect(evolve(NOTHING_YET, today(type, 1)).order).toBeNull();
  });
});
