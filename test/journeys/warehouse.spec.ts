import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BoardAnswer } from '../../src/operations/returns-board.dto.js';
import type { CorrectedReturnAnswer as Undone } from '../../src/warehouse/receiving.dto.js';
import type { ExpectedAnswer } from '../../src/warehouse/warehouse.dto.js';
import type { Answer } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';
import { codeOf, Desk, lineOf, ok, positionOf, problemOf, reviewCodesOf, STATION } from './warehouse-desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

const refunded = (returnId: string, minor: number): Promise<boolean> =>
  waitFor(async () => (await desk.look(returnId)).money.refundedMinor === minor, `a refund of ${minor} for ${returnId}`);
const historyOf = async (returnId: string): Promise<string> =>
  JSON.stringify(ok(await desk.shop('GET', `/v1/returns/${returnId}/history`)));

describe('Receiving', () => {
  it('takes items by line, barcode and SKU, in several scans, and refunds what came', async () => {
    const returnId = await desk.filed({ red: 2, blue: 1 });
    const first = ok(await desk.receive(returnId, 's1', [{ barcode: '4006381333931' }]));
    expect(first.status).toBe('refunding');
    expect(first.receipt).toEqual({
      scanId: 's1',
      items: [
        { lineId: 'red', barcode: '4006381333931', quantity: 1, outcome: 'accepted', returnId, words: expect.stringContaining('1 more') },
      ],
    });
    expect(lineOf(first, 'red')).toMatchObject({ authorised: 2, received: 1, awaiting: 1 });

    const second = ok(await desk.receive(returnId, 's2', [{ lineId: 'red', quantity: 1 }, { barcode: 'SKU-BLUE' }]));
    expect(second.receipt.items.map((item) => [item.lineId, item.outcome])).toEqual([
      ['red', 'accepted'],
      ['blue', 'accepted'],
    ]);
    expect(second.lines.map((line) => line.awaiting)).toEqual([0, 0]);
    await refunded(returnId, 3000);
  });

  it('reads a barcode with the symbology prefix of a scanner', async () => {
    const returnId = await desk.filed({ red: 1 });
    const { receipt } = ok(await desk.receive(returnId, 's1', [{ barcode: ']E04006381333931' }]));
    expect(receipt.items[0]).toMatchObject({ lineId: 'red', outcome: 'accepted' });
  });

  it('counts the same scan once, with and without an idempotency key', async () => {
    const returnId = await desk.filed({ red: 3 });
    const items = [{ lineId: 'red', quantity: 1 }];
    const key = { 'idempotency-key': 'scan-1' };
    const first = await desk.receive(returnId, 's1', items, {}, key);
    const again = await desk.receive(returnId, 's1', items, {}, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    const withoutKey = ok(await desk.receive(returnId, 's1', items));
    expect(lineOf(withoutKey, 'red')).toMatchObject({ received: 1, awaiting: 2 });
    expect(withoutKey.receipt).toEqual(first.body.receipt);
    expect(codeOf(await desk.receive(returnId, 's1', [{ lineId: 'red', quantity: 2 }], {}, key))).toBe('idempotency_conflict');
  });

  it('sets aside what is more than announced, and refunds none of it', async () => {
    const returnId = await desk.filed({ red: 1 });
    const ret = ok(await desk.receive(returnId, 's1', [{ lineId: 'red', quantity: 3 }]));
    expect(ret.receipt.items).toEqual([
      { lineId: 'red', barcode: '4006381333931', quantity: 1, outcome: 'accepted', returnId, words: expect.any(String) },
      { lineId: 'red', barcode: null, quantity: 2, outcome: 'surplus', returnId: null, words: expect.stringContaining('set it aside') },
    ]);
    expect(lineOf(ret, 'red')).toMatchObject({ received: 1, awaiting: 0 });
    expect(ret.surplus).toEqual([{ scanId: 's1', lineId: 'red', barcode: null, quantity: 2, why: 'surplus' }]);
    await refunded(returnId, 1000);
  });

  it('sets aside what does not belong to the return, known to the order or not', async () => {
    const returnId = await desk.filed({ red: 1 });
    const ret = ok(await desk.receive(returnId, 's1', [{ barcode: 'SKU-MUG' }, { barcode: 'STRANGER' }]));
    expect(ret.receipt.items.map((item) => [item.lineId, item.barcode, item.outcome])).toEqual([
      ['mug', 'SKU-MUG', 'not_in_return'],
      [null, 'STRANGER', 'not_in_return'],
    ]);
    expect(lineOf(ret, 'red')?.awaiting).toBe(1);
  });

  it('keeps the time of a scan that was made offline, and takes none from the future', async () => {
    const returnId = await desk.filed({ red: 2 });
    const ret = ok(await desk.receive(returnId, 's1', [{ lineId: 'red' }], { scannedAt: '2026-03-05T07:00:00Z' }));
    expect(ret.milestones.receivedAt).toBe('2026-03-05T07:00:00.000Z');
    const ahead = await desk.receive(returnId, 's2', [{ lineId: 'red' }], { scannedAt: '2199-01-01T00:00:00Z' });
    expect([ahead.status, codeOf(ahead), problemOf(ahead).errors?.[0]?.pointer]).toEqual([400, 'validation_failed', '/scannedAt']);
  });

  it('lets two clerks work on one parcel at once: every scan counts, no unit twice', async () => {
    const returnId = await desk.filed({ red: 4, blue: 2 });
    const other = desk.app.as(await desk.app.keyFor('warehouse'));
    const scans = Array.from({ length: 8 }, (_, index) => index);
    const answers = await Promise.all(
      scans.map((index) =>
        (index % 2 === 0 ? desk.clerk : other)('POST', `/v1/returns/${returnId}/receipts`, {
          scanId: `two-${index}`,
          station: `dock-${index % 2}`,
          items: [{ lineId: index < 5 ? 'red' : 'blue' }],
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(scans.map(() => 200));
    const ret = await desk.look(returnId);
    expect([lineOf(ret, 'red')?.received, lineOf(ret, 'blue')?.received]).toEqual([4, 2]);
    expect(ret.surplus.map((item) => [item.lineId, item.quantity])).toEqual(
      expect.arrayContaining([
        ['red', 1],
        ['blue', 1],
      ]),
    );
    expect(ret.surplus).toHaveLength(2);
    await refunded(returnId, 6000);
  });

  it('refuses what it cannot record, and writes nothing', async () => {
    const returnId = await desk.filed({ red: 1 });
    const before = await desk.look(returnId);
    const receive = (body: object) => desk.clerk('POST', `/v1/returns/${returnId}/receipts`, body);
    const refusals = [
      await receive({ scanId: 's1', items: [{ lineId: 'red' }] }),
      await receive({ scanId: 's1', station: 'x'.repeat(41), items: [{ lineId: 'red' }] }),
      await receive({ scanId: 's1', station: STATION, items: [] }),
      await receive({ scanId: 's1', station: STATION, items: [{ lineId: 'red', quantity: 0 }] }),
      await receive({ scanId: 's1', station: STATION, items: [{ quantity: 1 }] }),
      await receive({ scanId: 's1', station: STATION, items: [{ lineId: 'red' }], extra: 1 }),
      await receive({ station: STATION, items: [{ lineId: 'red' }] }),
    ];
    expect(refusals.map((refusal) => [refusal.status, codeOf(refusal)])).toEqual(refusals.map(() => [400, 'validation_failed']));
    expect(codeOf(await receive({ scanId: 's1', station: STATION, items: [{ lineId: 'nope' }] }))).toBe('unknown_line');
    for (const unknown of ['W-999-R1', 'W-1-R99', 'nonsense']) {
      expect((await desk.receive(unknown, 's1', [{ lineId: 'red' }])).status).toBe(404);
    }
    expect((await desk.look(returnId)).revision).toBe(before.revision);
  });

  it('is for the warehouse only', async () => {
    const returnId = await desk.filed({ red: 1 });
    const body = { scanId: 's1', station: STATION, items: [{ lineId: 'red' }] };
    const finance = desk.app.as(await desk.app.keyFor('finance'));
    expect((await finance('POST', `/v1/returns/${returnId}/receipts`, body)).status).toBe(403);
    expect((await desk.app.as(null)('POST', `/v1/returns/${returnId}/receipts`, body)).status).toBe(401);
  });
});

describe('What is not as announced', () => {
  it('a wrong item is reported, the line stays awaited, and the note stays out of the log', async () => {
    const returnId = await desk.filed({ red: 1 });
    const body = { scanId: 'm1', expectedLineId: 'red', foundBarcode: 'OLD-SHOE', note: 'Left shoe, belongs to Grace Example' };
    const ret = ok(await desk.post(`/v1/returns/${returnId}/mismatches`, body));
    expect(ret.mismatches).toEqual([
      { scanId: 'm1', expectedLineId: 'red', foundBarcode: 'OLD-SHOE', quantity: 1, at: expect.any(String) },
    ]);
    expect(lineOf(ret, 'red')?.awaiting).toBe(1);
    expect(await historyOf(returnId)).not.toContain('Grace');
    const again = ok(await desk.post(`/v1/returns/${returnId}/mismatches`, body));
    expect([again.mismatches.length, again.revision]).toEqual([1, ret.revision]);
    expect(codeOf(await desk.post(`/v1/returns/${returnId}/mismatches`, { ...body, expectedLineId: 'mug' }))).toBe('unknown_line');
  });

  it('a shortfall closes only when somebody says so', async () => {
    const returnId = await desk.filed({ red: 2 });
    ok(await desk.receive(returnId, 's1', [{ lineId: 'red' }]));
    await refunded(returnId, 1000);
    expect((await desk.look(returnId)).status).toBe('partially_refunded');
    const ret = ok(await desk.post(`/v1/returns/${returnId}/missing`, { items: [{ lineId: 'red', quantity: 1 }], why: 'empty_box' }));
    expect(lineOf(ret, 'red')).toMatchObject({ received: 1, missing: 1, awaiting: 0 });
    expect(ret.money.entitledMinor).toBe(1000);
    expect(codeOf(await desk.post(`/v1/returns/${returnId}/missing`, { items: [{ lineId: 'red', quantity: 1 }] }))).toBe('invalid_state');
    expect(
      (await desk.post(`/v1/returns/${returnId}/missing`, { items: [{ lineId: 'red', quantity: 1 }], why: 'because Ada said so' })).status,
    ).toBe(400);
  });

  it('a piece marked missing that comes after all is taken in', async () => {
    const returnId = await desk.filed({ red: 1 });
    ok(await desk.post(`/v1/returns/${returnId}/missing`, { items: [{ lineId: 'red', quantity: 1 }] }));
    const ret = ok(await desk.receive(returnId, 's1', [{ lineId: 'red' }]));
    expect(lineOf(ret, 'red')).toMatchObject({ received: 1, missing: 0 });
  });

  it('a wrong scan of surplus is corrected by a new entry, once, and stays in the history', async () => {
    const returnId = await desk.filed({ red: 1 });
    ok(await desk.receive(returnId, 's1', [{ barcode: 'STRANGER', quantity: 2 }]));
    const correct = { quantity: 1, why: 'wrong_quantity', correctionId: 'c1' };
    const ret = ok(await desk.post(`/v1/returns/${returnId}/receipts/s1/corrections`, correct));
    expect(ret.surplus).toEqual([{ scanId: 's1', lineId: null, barcode: 'STRANGER', quantity: 1, why: 'not_in_return' }]);
    expect(ok(await desk.post(`/v1/returns/${returnId}/receipts/s1/corrections`, correct)).revision).toBe(ret.revision);
    expect(
      codeOf(await desk.post(`/v1/returns/${returnId}/receipts/s1/corrections`, { ...correct, correctionId: 'c2', quantity: 5 })),
    ).toBe('invalid_state');
    expect((await desk.post(`/v1/returns/${returnId}/receipts/unknown/corrections`, { ...correct, correctionId: 'c3' })).status).toBe(404);
    expect((await desk.post(`/v1/returns/${returnId}/receipts/s1/corrections`, { ...correct, why: 'Ada asked' })).status).toBe(400);
  });
});

describe('A wrong scan', () => {
  it('is taken back before anything was refunded for it, and the pieces are awaited again', async () => {
    const strict = await Desk.open({ inspectionRequired: true });
    try {
      const returnId = await strict.filed({ red: 2, blue: 1 });
      ok(await strict.receive(returnId, 's1', [{ lineId: 'red', quantity: 2 }]));
      const corrected = ok(
        await strict.post(`/v1/returns/${returnId}/receipts/s1/corrections`, { lineId: 'red', quantity: 1, why: 'wrong_scan' }),
      );
      expect(lineOf(corrected, 'red')).toMatchObject({ received: 1, awaiting: 1 });
      const again = ok(await strict.receive(returnId, 's2', [{ lineId: 'red' }]));
      expect(again.receipt.items[0]?.words).toBe('Received, this line is complete. Inspect it next.');
      expect(again.money.entitledMinor).toBe(0);
    } finally {
      await strict.close();
    }
  });

  it('that was paid already is undone, counts as refunded in advance, and is not refunded again when the piece comes', async () => {
    const returnId = await desk.filed({ red: 1 });
    ok(await desk.receive(returnId, 's1', [{ lineId: 'red' }]));
    await refunded(returnId, 1000);
    const undo = { quantity: 1, why: 'wrong_scan', correctionId: 'undo-1' };
    const answer = await desk.post<Undone>(`/v1/returns/${returnId}/receipts/s1/corrections`, undo);
    const undone = ok(answer);
    // The return in it has words in the reader's language, so caches keep languages apart.
    expect([answer.headers.get('content-language'), answer.headers.get('vary')]).toEqual([
      'en',
      expect.stringContaining('Accept-Language'),
    ]);
    expect(undone.correction).toEqual({
      correctionId: 'undo-1',
      quantity: 1,
      refundedAheadMinor: 1000,
      words: 'Undone. It is awaited again. €10.00 had already been refunded for it; it counts as refunded in advance.',
    });
    expect([undone.receipt, lineOf(undone, 'red')?.awaiting, undone.status]).toEqual([
      { scanId: 's1', items: [] },
      1,
      'partially_refunded',
    ]);
    expect(ok(await desk.post<Undone>(`/v1/returns/${returnId}/receipts/s1/corrections`, undo)).correction).toMatchObject({
      refundedAheadMinor: null,
      words: 'This had been undone already.',
    });

    const ahead = async (after: Answer<unknown>) =>
      ok(await desk.shop<BoardAnswer>('GET', '/v1/returns?refundedAhead=true', undefined, positionOf(after)));
    expect((await ahead(answer)).items).toMatchObject([{ returnId, refundedAheadMinor: 1000 }]);
    const again = await desk.receive(returnId, 's2', [{ barcode: 'SKU-RED' }]);
    expect(ok(again)).toMatchObject({
      status: 'refunded',
      refunds: [{ amountMinor: 1000 }],
      money: { refundedMinor: 1000, refundedAheadMinor: 0 },
    });
    expect((await ahead(again)).items).toEqual([]);
  });

  it('is not taken back once it was graded, and the clerk reads what to do', async () => {
    const returnId = await desk.filed({ red: 1 });
    ok(await desk.receive(returnId, 's1', [{ lineId: 'red' }]));
    ok(await desk.post(`/v1/returns/${returnId}/inspections`, { items: [{ lineId: 'red', quantity: 1, grade: 'A' }] }));
    const refusal = await desk.post(`/v1/returns/${returnId}/receipts/s1/corrections`, { quantity: 1, why: 'wrong_scan' });
    expect([refusal.status, codeOf(refusal), problemOf(refusal).detail]).toEqual([
      409,
      'invalid_state',
      expect.stringContaining('put it into quarantine'),
    ]);
  });
});

describe('A parcel that comes too late', () => {
  it('after cancellation is received, and a person decides', async () => {
    const returnId = await desk.filed({ red: 1 });
    ok(await desk.shop('POST', `/v1/returns/${returnId}/cancel`, { reason: 'changed_mind' }));
    const expected = ok(await desk.clerk<ExpectedAnswer>('GET', `/v1/warehouse/expected?barcode=${returnId}`));
    expect(expected.returns[0]).toMatchObject({
      returnId,
      status: 'cancelled',
      awaiting: 0,
      words: expect.stringContaining('the case goes to review'),
    });
    const ret = ok(await desk.receive(returnId, 's1', [{ lineId: 'red' }]));
    expect(lineOf(ret, 'red')?.received).toBe(1);
    expect(reviewCodesOf(ret)).toContain('late_parcel');
    expect(ret.receipt.items[0]?.words).toContain('in review');
    expect(ret.money.entitledMinor).toBe(0);
  });

  it('after expiry likewise', async () => {
    const returnId = await desk.filed({ red: 1 });
    await desk.command(returnId, { type: 'ExpireReturn', at: '2199-01-01T00:00:00.000Z', returnId });
    expect((await desk.look(returnId)).status).toBe('expired');
    const ret = ok(await desk.receive(returnId, 's1', [{ lineId: 'red' }]));
    expect(reviewCodesOf(ret)).toContain('late_parcel');
    expect(ret.money.entitledMinor).toBe(0);
  });
});

describe('Grading and putting away', () => {
  it('goes from received to graded to put away, and a blocked restock stays visible until settled', async () => {
    const returnId = await desk.filed({ red: 2, blue: 1 });
    ok(await desk.receive(returnId, 's1', [{ lineId: 'red', quantity: 2 }, { lineId: 'blue' }]));
    expect(
      codeOf(await desk.post(`/v1/returns/${returnId}/dispositions`, { items: [{ lineId: 'red', quantity: 1, disposition: 'restock' }] })),
    ).toBe('invalid_state');
    const graded = ok(
      await desk.post(`/v1/returns/${returnId}/inspections`, {
        items: [
          { lineId: 'red', quantity: 2, grade: 'A' },
          { lineId: 'blue', quantity: 1, grade: 'D', defects: ['torn'] },
        ],
      }),
    );
    expect(lineOf(graded, 'red')).toMatchObject({ awaitingInspection: 0, graded: 2, disposed: 0 });
    const away = ok(
      await desk.post(`/v1/returns/${returnId}/dispositions`, {
        items: [
          { lineId: 'red', quantity: 2, disposition: 'restock', location: 'A-01' },
          { lineId: 'blue', quantity: 1, disposition: 'scrap' },
        ],
      }),
    );
    expect(lineOf(away, 'red')?.disposed).toBe(2);
    const [restock] = away.restocks;
    expect(restock).toMatchObject({ lineId: 'red', quantity: 2, location: 'A-01', state: 'requested' });

    const path = `/v1/returns/${returnId}/restocks/${restock?.restockId}`;
    expect(ok(await desk.post(`${path}/block`, { reason: 'unknown_sku' })).restocks[0]).toMatchObject({
      state: 'blocked',
      reason: 'unknown_sku',
    });
    expect(ok(await desk.post(`${path}/confirm`, {})).restocks[0]?.state).toBe('confirmed');
    expect(codeOf(await desk.post(`${path}/block`, { reason: 'no_space' }))).toBe('invalid_state');
    expect((await desk.post(`/v1/returns/${returnId}/restocks/${returnId}-S9/confirm`, {})).status).toBe(404);
  });

  it('an item graded X brings the case to review', async () => {
    const returnId = await desk.filed({ red: 1 });
    ok(await desk.receive(returnId, 's1', [{ lineId: 'red' }]));
    const ret = ok(await desk.post(`/v1/returns/${returnId}/inspections`, { items: [{ lineId: 'red', quantity: 1, grade: 'X' }] }));
    expect(reviewCodesOf(ret)).toContain('grade_x');
  });
});
