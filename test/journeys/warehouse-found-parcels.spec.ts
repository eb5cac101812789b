import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  ExpectedAnswer,
  FoundParcelAnswer,
  FoundParcelDetailAnswer,
  FoundParcelListAnswer,
} from '../../src/warehouse/warehouse.dto.js';
import type { Answer } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';
import { codeOf, Desk, lineOf, ok, positionOf, problemOf, reviewCodesOf, STATION } from './warehouse-desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

const PARCELS = '/v1/warehouse/parcels';
const post = (path: string, body: object, headers = {}): Promise<Answer<FoundParcelAnswer>> => desk.post(path, body, headers);
const parcel = async (parcelId: string): Promise<FoundParcelDetailAnswer> =>
  ok(await desk.clerk<FoundParcelDetailAnswer>('GET', `${PARCELS}/${parcelId}`));
const handedOver = (parcelId: string): Promise<FoundParcelDetailAnswer> =>
  waitFor(async () => {
    const body = await parcel(parcelId);
    return body.state === 'handed_over' ? body : undefined;
  }, `parcel ${parcelId} to be handed over`);

describe('A parcel nobody announced', () => {
  it('is recorded at once and moves nothing', async () => {
    const returnId = await desk.filed({ red: 1 });
    const before = await desk.look(returnId);
    const recorded = await post(PARCELS, {
      trackingNumber: 'LOST-1',
      items: [{ barcode: 'SKU-RED', quantity: 1 }],
      note: 'Wet, sender Grace Example',
    });
    const body = ok(recorded, 201);
    expect(recorded.headers.get('x-position')).not.toBeNull();
    expect(body).toMatchObject({
      state: 'unmatched',
      trackingNumber: 'LOST-1',
      station: STATION,
      returnId: null,
      note: 'Wet, sender Grace Example',
    });
    expect(body.parcelId).toMatch(/^P-/);
    expect(body.scans).toEqual([
      {
        scanId: 'found',
        at: body.foundAt,
        station: STATION,
        handover: 'waiting',
        refusal: null,
        items: [{ barcode: 'SKU-RED', quantity: 1, note: null }],
      },
    ]);
    expect(await desk.look(returnId)).toEqual(before);
  });

  it('is the same parcel when the same request comes again', async () => {
    const key = { 'idempotency-key': 'parcel-1' };
    const body = { trackingNumber: 'LOST-2', items: [{ barcode: 'SKU-RED' }], note: 'On the ramp' };
    const first = await post(PARCELS, body, key);
    const again = await post(PARCELS, body, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(codeOf(await post(PARCELS, { ...body, trackingNumber: 'LOST-3' }, key))).toBe('idempotency_conflict');
  });

  it('may carry the id of a sticker, which then is taken', async () => {
    const body = { parcelId: 'STICKER-1', trackingNumber: 'LOST-4' };
    expect(ok(await post(PARCELS, body), 201).parcelId).toBe('STICKER-1');
    expect(ok(await post(PARCELS, body), 201).parcelId).toBe('STICKER-1');
    expect(codeOf(await post(PARCELS, { ...body, trackingNumber: 'LOST-5' }))).toBe('invalid_state');
    expect((await post(PARCELS, { parcelId: 'not\u200Ban id' })).status).toBe(400);
  });

  it('is listed until it is matched, found by its tracking number, and says which returns it may belong to', async () => {
    const returnId = await desk.filed({ mug: 1, blue: 1 }, { suffix: '-L' });
    const other = await desk.filed({ mug: 1 }, { suffix: '-L' });
    const recorded = await post(PARCELS, { trackingNumber: 'LOST-6', items: [{ barcode: 'SKU-MUG-L' }, { barcode: 'SKU-BLUE-L' }] });
    const { parcelId } = ok(recorded, 201);
    const listed = ok(await desk.clerk<FoundParcelListAnswer>('GET', `${PARCELS}?limit=200`, undefined, positionOf(recorded)));
    expect(listed.items.find((item) => item.parcelId === parcelId)).toMatchObject({
      state: 'unmatched',
      trackingNumber: 'LOST-6',
      ageSeconds: expect.any(Number),
    });
    const scanned = ok(await desk.clerk<ExpectedAnswer>('GET', '/v1/warehouse/expected?barcode=lost-6', undefined, positionOf(recorded)));
    expect([scanned.returns, scanned.parcels]).toEqual([[], [expect.objectContaining({ parcelId, state: 'unmatched' })]]);
    const likely = await waitFor(async () => {
      const ids = (await parcel(parcelId)).likely.map((ret) => ret.returnId);
      return ids.length === 2 ? ids : undefined;
    }, 'both candidates');
    expect(likely).toEqual([returnId, other]);

    const matched = await post(`${PARCELS}/${parcelId}/match`, { returnId });
    expect(ok(matched)).toMatchObject({ state: 'matched', returnId });
    const after = ok(await desk.clerk<FoundParcelListAnswer>('GET', `${PARCELS}?limit=200`, undefined, positionOf(matched)));
    expect(after.items.map((item) => item.parcelId)).not.toContain(parcelId);
    expect((await handedOver(parcelId)).likely).toEqual([]);
    const csv = await desk.clerk('GET', `${PARCELS}?state=handed_over,unmatched`, undefined, { accept: 'text/csv' });
    expect(csv.text.split('\r\n')[0]).toBe('parcelId,state,foundAt,ageSeconds,station,trackingNumber,returnId,pieces,barcodes');
  });

  it('keeps what people wrote about it out of the log', async () => {
    const { parcelId } = ok(await post(PARCELS, { note: 'from Heidi Example', items: [{ note: 'a ring of Ivan Example' }] }), 201);
    const events = await desk.shop('GET', `/v1/warehouse/parcels?limit=200`);
    expect(events.text).not.toContain('Heidi');
    const { note, scans } = await parcel(parcelId);
    expect([note, scans[0]?.items[0]]).toEqual(['from Heidi Example', { barcode: null, quantity: 1, note: 'a ring of Ivan Example' }]);
  });
});

describe('Matching it with a return', () => {
  it('turns every scan into a receipt with its own time, and the money follows', async () => {
    const returnId = await desk.filed({ red: 2, blue: 1 });
    const { parcelId, foundAt } = ok(await post(PARCELS, { items: [{ barcode: '4006381333931' }] }), 201);
    const scanned = ok(
      await post(`${PARCELS}/${parcelId}/items`, { scanId: 's2', items: [{ barcode: 'SKU-BLUE' }, { barcode: 'STRANGER' }] }),
    );
    ok(await post(`${PARCELS}/${parcelId}/items`, { scanId: 's2', items: [{ barcode: 'SKU-BLUE' }, { barcode: 'STRANGER' }] }));
    expect((await desk.look(returnId)).lines.map((line) => line.received)).toEqual([0, 0]);

    const matched = await post(`${PARCELS}/${parcelId}/match`, { returnId });
    expect(ok(matched).words).toContain('being handed over');
    expect(matched.headers.get('x-position')).not.toBeNull();
    await handedOver(parcelId);
    const ret = await desk.look(returnId);
    expect([lineOf(ret, 'red')?.received, lineOf(ret, 'blue')?.received]).toEqual([1, 1]);
    expect(ret.milestones.receivedAt).toBe(foundAt);
    expect(ret.surplus).toEqual([
      { scanId: `parcel-${parcelId}:s2`, lineId: null, barcode: 'STRANGER', quantity: 1, why: 'not_in_return' },
    ]);
    expect(scanned.scans.map((scan) => scan.at >= foundAt)).toEqual([true, true]);
    await waitFor(async () => (await desk.look(returnId)).money.refundedMinor === 2000, 'the refund of what was found');
  });

  it('takes scans made afterwards to the return as well', async () => {
    const returnId = await desk.filed({ red: 1, mug: 1 });
    const { parcelId } = ok(await post(PARCELS, {}), 201);
    const matched = ok(await post(`${PARCELS}/${parcelId}/match`, { returnId }));
    expect(matched.words).toContain('Scan its contents');
    ok(await post(`${PARCELS}/${parcelId}/items`, { scanId: 'late', items: [{ barcode: 'SKU-MUG' }] }));
    await handedOver(parcelId);
    expect(lineOf(await desk.look(returnId), 'mug')?.received).toBe(1);
  });

  it('is taken back while it is unopened; what is scanned then goes to the right return', async () => {
    const [wrong, right] = [await desk.filed({ red: 1 }), await desk.filed({ red: 1 })];
    const { parcelId } = ok(await post(PARCELS, {}), 201);
    ok(await post(`${PARCELS}/${parcelId}/match`, { returnId: wrong }));
    expect(ok(await post(`${PARCELS}/${parcelId}/unmatch`, {}))).toMatchObject({ state: 'unmatched', returnId: null });
    ok(await post(`${PARCELS}/${parcelId}/items`, { scanId: 's1', items: [{ barcode: 'SKU-RED' }] }));
    ok(await post(`${PARCELS}/${parcelId}/match`, { returnId: right }));
    await handedOver(parcelId);
    expect([lineOf(await desk.look(wrong), 'red')?.received, lineOf(await desk.look(right), 'red')?.received]).toEqual([0, 1]);
    expect(codeOf(await post(`${PARCELS}/${parcelId}/unmatch`, {}))).toBe('invalid_state');
  });

  it('sets an item nobody can read aside on the return, where a clerk receives it by its line', async () => {
    const returnId = await desk.filed({ red: 1 });
    const { parcelId } = ok(await post(PARCELS, { items: [{ note: 'red shirt, tag torn off' }] }), 201);
    ok(await post(`${PARCELS}/${parcelId}/match`, { returnId }));
    await handedOver(parcelId);
    const { surplus } = await desk.look(returnId);
    expect(surplus).toEqual([
      { scanId: `parcel-${parcelId}:found`, lineId: null, barcode: 'unreadable', quantity: 1, why: 'not_in_return' },
    ]);
    ok(
      await desk.post(`/v1/returns/${returnId}/receipts/${encodeURIComponent(surplus[0]?.scanId ?? '')}/corrections`, {
        quantity: 1,
        why: 'wrong_item',
      }),
    );
    const ret = ok(await desk.receive(returnId, 's1', [{ lineId: 'red' }]));
    expect([ret.surplus, lineOf(ret, 'red')?.received]).toEqual([[], 1]);
  });

  it('names one return, and one that exists', async () => {
    const [one, other] = [await desk.filed({ red: 1 }), await desk.filed({ red: 1 })];
    const { parcelId } = ok(await post(PARCELS, { items: [{ barcode: 'SKU-RED' }] }), 201);
    expect((await post(`${PARCELS}/${parcelId}/match`, { returnId: 'W-999-R1' })).status).toBe(404);
    ok(await post(`${PARCELS}/${parcelId}/match`, { returnId: one }));
    expect(ok(await post(`${PARCELS}/${parcelId}/match`, { returnId: one })).returnId).toBe(one);
    expect(problemOf(await post(`${PARCELS}/${parcelId}/match`, { returnId: other }))).toMatchObject({
      code: 'invalid_state',
      status: 409,
      details: { returnId: one },
    });
    expect((await post(`${PARCELS}/P-UNKNOWN/match`, { returnId: one })).status).toBe(404);
    expect((await desk.clerk('GET', `${PARCELS}/P-UNKNOWN`)).status).toBe(404);
    await handedOver(parcelId);
  });

  it('of a return that had ended brings the case to review, under its own terms', async () => {
    const returnId = await desk.filed({ red: 1 });
    ok(await desk.shop('POST', `/v1/returns/${returnId}/cancel`, { reason: 'changed_mind' }));
    const { parcelId } = ok(await post(PARCELS, { items: [{ barcode: 'SKU-RED' }] }), 201);
    ok(await post(`${PARCELS}/${parcelId}/match`, { returnId }));
    await handedOver(parcelId);
    const ret = await desk.look(returnId);
    expect([lineOf(ret, 'red')?.received, ret.money.entitledMinor]).toEqual([1, 0]);
    expect(reviewCodesOf(ret)).toContain('late_parcel');
  });

  it('is for the warehouse only', async () => {
    const finance = desk.app.as(await desk.app.keyFor('finance'));
    expect((await finance('POST', PARCELS, { station: STATION })).status).toBe(403);
    expect((await finance('GET', PARCELS)).status).toBe(403);
  });
});
