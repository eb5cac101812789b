import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { foundParcelDecider, type FoundParcelCommand } from '../../src/warehouse/rules/found-parcel.decider.js';
import {
  FOUND_PARCEL_EVENT_VERSIONS,
  newParcelId,
  parcelIdOfStream,
  parcelStream,
  receiptScanId,
  type FoundParcelEvent,
} from '../../src/warehouse/rules/found-parcel.events.js';
import { statusOfFound } from '../../src/warehouse/rules/found-parcel.state.js';
import { scenarios } from '../support/given-when-then.js';

const at = '2026-03-02T08:15:00.000Z';
const who = { station: 'dock-2', clerk: 'key-7' };

const found: FoundParcelEvent = { type: 'ParcelFound', data: { at, ...who, trackingNumber: 'TN-1', noteRef: null } };
const item = (scanId: string, barcode: string | null, quantity = 1): FoundParcelEvent => ({
  type: 'FoundItemRecorded',
  data: { at, ...who, scanId, barcode, quantity, noteRef: null },
});
const matched = (returnId: string): FoundParcelEvent => ({ type: 'ParcelMatched', data: { at, ...who, returnId } });
const unmatched = (returnId: string): FoundParcelEvent => ({ type: 'ParcelUnmatched', data: { at, ...who, returnId } });
const handedOver = (scanId: string, returnId: string): FoundParcelEvent => ({
  type: 'FoundItemsHandedOver',
  data: { at, scanId, returnId },
});
const refused = (scanId: string, returnId: string): FoundParcelEvent => ({
  type: 'FoundItemsRefused',
  data: { at, scanId, returnId, code: 'invalid_state' },
});

const record: FoundParcelCommand = {
  type: 'RecordFoundParcel',
  at,
  ...who,
  trackingNumber: 'TN-1',
  noteRef: null,
  scanId: 'found',
  items: [{ barcode: 'SKU-1', quantity: 2, noteRef: null }],
};
const scan = (scanId: string, barcode: string | null): FoundParcelCommand => ({
  type: 'RecordFoundItems',
  at,
  ...who,
  scanId,
  items: [{ barcode, quantity: 1, noteRef: null }],
});
const match = (returnId: string): FoundParcelCommand => ({ type: 'MatchFoundParcel', at, ...who, returnId });
const unmatch: FoundParcelCommand = { type: 'UnmatchFoundParcel', at, ...who };
const answer = (scanId: string, returnId: string, number: number, refusal: string | null = null): FoundParcelCommand => ({
  type: 'RecordHandover',
  at,
  scanId,
  returnId,
  match: number,
  refusal,
});

const { given, fold } = scenarios(foundParcelDecider);
const statusAfter = (...events: readonly FoundParcelEvent[]): string | undefined => {
  const parcel = fold(events);
  return parcel === null ? undefined : statusOfFound(parcel);
};

describe('A parcel nobody announced', () => {
  it('is recorded at once, with what was scanned together with it', () => {
    given()
      .when(record)
      .then(found, item('found', 'SKU-1', 2));
  });
  it('may wait unopened', () => {
    given()
      .when({ ...record, items: [] })
      .then(found);
  });
  it('is recorded once when the same clerk says the same again', () => {
    given(found, item('found', 'SKU-1', 2))
      .when(record)
      .thenNothing();
  });
  it('keeps its id to itself', () => {
    given(found, item('found', 'SKU-1', 2))
      .when({ ...record, trackingNumber: 'TN-2' })
      .thenRefused('invalid_state');
    given(found, item('found', 'SKU-1', 2))
      .when({ ...record, clerk: 'key-8' })
      .thenRefused('invalid_state');
    given(found, item('found', 'SKU-9', 2))
      .when(record)
      .thenRefused('invalid_state');
    given(found).when(record).thenRefused('invalid_state');
  });
  it('counts the same scan once', () => {
    given(found).when(scan('s1', 'SKU-2')).then(item('s1', 'SKU-2'));
    given(found, item('s1', 'SKU-2')).when(scan('s1', 'SKU-2')).thenNothing();
  });
  it('takes an item without a readable barcode', () => {
    given(found).when(scan('s1', null)).then(item('s1', null));
  });
  it('must have been found before anything is scanned into it or matched', () => {
    given().when(scan('s1', 'SKU-2')).thenRefused('not_found');
    given().when(match('A-1-R1')).thenRefused('not_found');
  });
});

describe('Matching a found parcel', () => {
  it('records where it belongs, and nothing else', () => {
    given(found, item('found', 'SKU-1')).when(match('A-1-R1')).then(matched('A-1-R1'));
  });
  it('is done once', () => {
    given(found, matched('A-1-R1')).when(match('A-1-R1')).thenNothing();
  });
  it('names one return', () => {
    given(found, matched('A-1-R1')).when(match('B-2-R1')).thenRefused('invalid_state');
    given(found, item('found', 'SKU-1'), matched('A-1-R1'), handedOver('found', 'A-1-R1'))
      .when(match('B-2-R1'))
      .thenRefused('invalid_state');
  });
  it('may be done anew when the return refused something', () => {
    given(found, item('found', 'SKU-1'), matched('A-1-R1'), refused('found', 'A-1-R1')).when(match('B-2-R1')).then(matched('B-2-R1'));
  });
  it('is not done anew while an answer of the return is on its way', () => {
    given(found, item('found', 'SKU-1'), item('s2', 'SKU-2'), matched('A-1-R1'), refused('found', 'A-1-R1'))
      .when(match('B-2-R1'))
      .thenRefused('invalid_state');
  });
  it('lets scans made afterwards follow', () => {
    given(found, matched('A-1-R1')).when(scan('s2', 'SKU-3')).then(item('s2', 'SKU-3'));
  });
});

describe('Taking a wrong match back', () => {
  it('leaves the parcel to be matched anew', () => {
    given(found, matched('A-1-R1')).when(unmatch).then(unmatched('A-1-R1'));
    given(found, matched('A-1-R1'), unmatched('A-1-R1')).when(match('B-2-R1')).then(matched('B-2-R1'));
    expect(statusAfter(found, matched('A-1-R1'), unmatched('A-1-R1'))).toBe('unmatched');
  });
  it('changes nothing where there is no match', () => {
    given(found).when(unmatch).thenNothing();
    given().when(unmatch).thenRefused('not_found');
  });
  it('is possible after a refusal, not once something was received or is about to be', () => {
    const scanned = [found, item('found', 'SKU-1'), matched('A-1-R1')];
    given(...scanned, refused('found', 'A-1-R1'))
      .when(unmatch)
      .then(unmatched('A-1-R1'));
    given(...scanned)
      .when(unmatch)
      .thenRefused('invalid_state', /just being received/);
    given(...scanned, handedOver('found', 'A-1-R1'))
      .when(unmatch)
      .thenRefused('invalid_state', /Take those scans back there/);
  });
  it('keeps an answer to the match before from settling the next', () => {
    const anew = [found, item('found', 'SKU-1'), matched('A-1-R1'), refused('found', 'A-1-R1'), unmatched('A-1-R1'), matched('B-2-R1')];
    given(...anew)
      .when(answer('found', 'A-1-R1', 1))
      .thenNothing();
    given(...anew)
      .when(answer('found', 'B-2-R1', 2))
      .then(handedOver('found', 'B-2-R1'));
  });
});

describe('Handing over to the return', () => {
  const waiting = [found, item('found', 'SKU-1'), matched('A-1-R1')];

  it('is settled by what the return said', () => {
    given(...waiting)
      .when(answer('found', 'A-1-R1', 1))
      .then(handedOver('found', 'A-1-R1'));
    given(...waiting)
      .when(answer('found', 'A-1-R1', 1, 'invalid_state'))
      .then(refused('found', 'A-1-R1'));
  });
  it('is settled once', () => {
    given(...waiting, handedOver('found', 'A-1-R1'))
      .when(answer('found', 'A-1-R1', 1))
      .thenNothing();
    given(...waiting, handedOver('found', 'A-1-R1'))
      .when(answer('found', 'A-1-R1', 1, 'invalid_state'))
      .thenNothing();
  });
  it('is not settled by an answer to the match before', () => {
    given(...waiting, refused('found', 'A-1-R1'), matched('B-2-R1'))
      .when(answer('found', 'A-1-R1', 1))
      .thenNothing();
    given(...waiting, refused('found', 'A-1-R1'), matched('B-2-R1'))
      .when(answer('found', 'B-2-R1', 2))
      .then(handedOver('found', 'B-2-R1'));
  });
  it('is told scan by scan', () => {
    given(...waiting, item('s2', 'SKU-2'))
      .when(answer('s2', 'A-1-R1', 1))
      .then(handedOver('s2', 'A-1-R1'));
    given(...waiting)
      .when(answer('unknown', 'A-1-R1', 1))
      .thenNothing();
  });
});

describe('The status of a found parcel', () => {
  const scanned = [found, item('found', 'SKU-1'), item('s2', 'SKU-2')];
  it('follows what is known', () => {
    expect(statusAfter(...scanned)).toBe('unmatched');
    expect(statusAfter(found, matched('A-1-R1'))).toBe('matched');
    expect(statusAfter(...scanned, matched('A-1-R1'))).toBe('matched');
    expect(statusAfter(...scanned, matched('A-1-R1'), handedOver('found', 'A-1-R1'))).toBe('matched');
    expect(statusAfter(...scanned, matched('A-1-R1'), handedOver('found', 'A-1-R1'), handedOver('s2', 'A-1-R1'))).toBe('handed_over');
    expect(statusAfter(...scanned, matched('A-1-R1'), handedOver('found', 'A-1-R1'), refused('s2', 'A-1-R1'))).toBe('refused');
    expect(statusAfter(...scanned, matched('A-1-R1'), refused('s2', 'A-1-R1'))).toBe('matched');
    expect(statusAfter(...scanned, matched('A-1-R1'), refused('found', 'A-1-R1'), refused('s2', 'A-1-R1'), matched('B-2-R1'))).toBe(
      'matched',
    );
  });
  it('is not disturbed by events of a kind it does not know, nor by any before the parcel was found', () => {
    const unknown = JSON.parse('{ "type": "SomethingNewer", "data": {} }') as FoundParcelEvent;
    expect(fold([unknown, item('found', 'SKU-1')])).toBeNull();
    expect(fold([...scanned, unknown])).toEqual(fold(scanned));
  });
});

describe('Names', () => {
  it('lead from the parcel to its stream and back', () => {
    expect(parcelIdOfStream(parcelStream('P-7'))).toBe('P-7');
    expect(parcelIdOfStream('returns-P-7')).toBeUndefined();
  });
  it('are short, and the same for the same request', () => {
    expect(newParcelId('2f8b1c9e-6d0a-5b1c-9d5e-2b8e4f7a9c31')).toBe(newParcelId('2f8b1c9e-6d0a-5b1c-9d5e-2b8e4f7a9c31'));
    expect(newParcelId('2f8b1c9e-6d0a-5b1c-9d5e-2b8e4f7a9c31')).toMatch(/^P-[0-9A-HJKMNP-TV-Z]{10}$/);
    expect(newParcelId('2f8b1c9e-6d0b-5b1c-9d5e-2b8e4f7a9c31')).not.toBe(newParcelId('2f8b1c9e-6d0a-5b1c-9d5e-2b8e4f7a9c31'));
    expect(newParcelId('00000000-0000-5b1c-9d5e-2b8e4f7a9c31')).toBe('P-0000000000');
  });
  it('leave a scan id that still is an id on the return', () => {
    expect(receiptScanId('P'.repeat(40), 's'.repeat(50)).length).toBeLessThanOrEqual(100);
  });
});

describe('Stored shapes', () => {
  const folder = new URL('../fixtures/events/', import.meta.url);
  const files = readdirSync(folder);
  it.each(Object.entries(FOUND_PARCEL_EVENT_VERSIONS))(
    "%s has a frozen fixture of every version up to %i, and today's folds",
    (type, version) => {
      for (let each = 1; each <= version; each += 1) expect(files).toContain(`${type}.v${each}.json`);
      const fixture = JSON.parse(readFileSync(new URL(`${type}.v${version}.json`, folder), 'utf8')) as FoundParcelEvent;
      const matches = type === 'ParcelUnmatched' ? [matched('A-1001-R1')] : [];
      const before = type === 'ParcelFound' ? [] : [found, ...(type === 'FoundItemRecorded' ? [] : [item('found', 'SKU-1')]), ...matches];
      expect(fold([...before, fixture])).not.toEqual(fold(before));
    },
  );
});
