/** What customers may see of each event is decided field by field. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject, Position } from '../../src/eventing/event-store.js';
import { EVENT_FIELDS_FOR_CUSTOMERS, eventForCustomer } from '../../src/returns/api/customer-view.js';
import { RETURNS_EVENT_VERSIONS } from '../../src/returns/rules/returns.events.js';
import { someMetadata } from '../support/event-builders.js';

type Fixture = { readonly type: string; readonly schemaVersion: number; readonly data: JsonObject };
const FOLDER = new URL('../fixtures/events/', import.meta.url);
const versions: Readonly<Record<string, number>> = RETURNS_EVENT_VERSIONS;
const lists: Readonly<Record<string, object>> = EVENT_FIELDS_FOR_CUSTOMERS;
const fixtures = readdirSync(FOLDER)
  .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Fixture)
  .filter(({ type }) => versions[type] !== undefined);

const forCustomer = ({ type, schemaVersion, data }: Fixture): JsonObject =>
  eventForCustomer({
    id: '00000000-0000-5000-8000-000000000000',
    streamId: 'returns-1001-A',
    revision: 0,
    position: '0' as Position,
    recordedAt: '2026-03-01T09:00:00.000Z',
    type,
    data,
    metadata: someMetadata({ schemaVersion }),
  });

const membersOf = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [...(Array.isArray(value) ? [] : [name]), ...membersOf(inner)]);

describe('An event', () => {
  it.each(Object.keys(versions))('%s says of each of its fields whether customers may see it', (type) => {
    const stored = fixtures.find((fixture) => fixture.type === type && fixture.schemaVersion === versions[type]);
    expect(Object.keys(lists[type] ?? {}).sort()).toEqual(Object.keys(stored?.data ?? {}).sort());
  });

  it('tells its customer no cost, document, contact, clerk, station or reason among staff, in whichever shape it was stored', () => {
    for (const fixture of fixtures) {
      const seen = membersOf(forCustomer(fixture));
      expect(seen).toContain('at');
      for (const internal of ['clerk', 'station', 'costMinor', 'documentRef', 'contactRef', 'reasonRef', 'textRef', 'key', 'reference'])
        expect([fixture.type, seen.includes(internal)]).toEqual([fixture.type, false]);
      if (fixture.type !== 'ReturnRequested') expect([fixture.type, seen.includes('reason')]).toEqual([fixture.type, false]);
    }
  });

  it('that is not about returns tells its customer nothing', () => {
    expect(forCustomer({ type: 'PolicyRetired', schemaVersion: 1, data: { at: '2026-03-01T09:00:00.000Z' } })).toEqual({});
  });
});
