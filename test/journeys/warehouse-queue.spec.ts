import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExpectedAnswer, QueueAnswer, QueueItemAnswer } from '../../src/warehouse/warehouse.dto.js';
import type { Answer } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';
import { codeOf, Desk, lineOf, ok, positionOf, problemOf, STATION, type Seen } from './warehouse-desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

/** The queue once it has seen `written`. */
const queueAfter = async (written: Answer<unknown>, query = ''): Promise<QueueAnswer> =>
  ok(await desk.clerk<QueueAnswer>('GET', `/v1/warehouse/queue${query}`, undefined, positionOf(written)));
const rowOf = (queue: QueueAnswer, returnId: string): QueueItemAnswer | undefined => queue.items.find((item) => item.returnId === returnId);
const track = (returnId: string, status: string, trackingNumber: string): Promise<Answer<Seen>> =>
  desk.shop('POST', `/v1/returns/${returnId}/tracking`, { status, trackingNumber });
const expected = (barcode: string, headers = {}): Promise<Answer<ExpectedAnswer>> =>
  desk.clerk('GET', `/v1/warehouse/expected?barcode=${encodeURIComponent(barcode)}`, undefined, headers);

describe('The receiving queue', () => {
  it('follows a return from its label to the shelf', async () => {
    const { returnId, trackingNumber } = await desk.labelled({ red: 2 });
    const seen: string[] = [];
    const see = async (written: Answer<Seen>): Promise<QueueItemAnswer | undefined> => {
      ok(written);
      const row = rowOf(await queueAfter(written), returnId);
      seen.push(row?.state ?? 'gone');
      return row;
    };
    await waitFor(
      async () => rowOf(ok(await desk.clerk<QueueAnswer>('GET', '/v1/warehouse/queue')), returnId)?.state === 'label_issued',
      'the label in the queue',
    );
    await see(await track(returnId, 'scanned', trackingNumber));
    const onDock = await see(await track(returnId, 'delivered', trackingNumber));
    expect(onDock).toMatchObject({
      authorised: 2,
      awaiting: 2,
      received: 0,
      trackingNumbers: [trackingNumber],
      method: 'label',
      blocked: [],
    });
    expect(onDock?.ageSeconds).toBeGreaterThanOrEqual(0);
    const partly = await see(await desk.receive(returnId, 's1', [{ lineId: 'red' }, { barcode: 'STRANGER' }]));
    expect(partly).toMatchObject({ awaiting: 1, received: 1, awaitingInspection: 1, surplus: 1, station: STATION });
    expect(partly?.lines[0]).toMatchObject({ lineId: 'red', sku: 'SKU-RED', awaiting: 1, awaitingInspection: 1, toPutAway: 0 });
    await see(await desk.receive(returnId, 's2', [{ lineId: 'red' }]));
    const graded = await see(
      await desk.post(`/v1/returns/${returnId}/inspections`, { items: [{ lineId: 'red', quantity: 2, grade: 'A' }] }),
    );
    expect(graded).toMatchObject({ awaitingInspection: 0, toPutAway: 2 });
    const away = await desk.post(`/v1/returns/${returnId}/dispositions`, {
      items: [{ lineId: 'red', quantity: 2, disposition: 'restock' }],
    });
    await see(away);
    const restock = `/v1/returns/${returnId}/restocks/${ok(away).restocks[0]?.restockId}`;
    const blocked = await see(await desk.post(`${restock}/block`, { reason: 'unknown_sku' }));
    expect(blocked).toMatchObject({ blockedRestocks: 1, blocked: [{ sku: 'SKU-RED', quantity: 2, reason: 'unknown_sku' }] });
    await see(await desk.post(`${restock}/confirm`, {}));
    expect(seen).toEqual(['in_transit', 'delivered', 'receiving', 'received', 'received', 'received', 'received', 'gone']);
  });

  it('is filtered by state, station, SKU and problems, and counts its states', async () => {
    const plain = await desk.filed({ red: 1 }, { suffix: '-F' });
    const odd = await desk.filed({ mug: 1 }, { suffix: '-F' });
    const written = await desk.post(`/v1/returns/${odd}/mismatches`, { scanId: 'm1', expectedLineId: 'mug' }, {});
    const idsOf = async (query: string): Promise<string[]> =>
      (await queueAfter(written, `?limit=200&${query}`)).items.map((item) => item.returnId);
    expect(await idsOf('sku=sku-red-f')).toEqual([plain]);
    expect(await idsOf('sku=SKU-MUG-F')).toEqual([odd]);
    expect(await idsOf('sku=SKU-MUG-F&state=receiving')).toEqual([odd]);
    expect(await idsOf('sku=SKU-MUG-F&state=approved')).toEqual([]);
    expect(await idsOf(`station=${STATION}`)).toContain(odd);
    expect(await idsOf(`station=${STATION}`)).not.toContain(plain);
    expect(await idsOf('problems=true')).toContain(odd);
    expect(await idsOf('problems=true')).not.toContain(plain);
    const { counts } = await queueAfter(written);
    expect(counts.find((each) => each.state === 'approved')?.count).toBeGreaterThanOrEqual(1);
    expect((await desk.clerk('GET', '/v1/warehouse/queue?state=lost')).status).toBe(400);
  });

  it('comes in pages, oldest first, each return once', async () => {
    for (let count = 0; count < 3; count += 1) await desk.filed({ red: 1 }, { suffix: '-P' });
    const last = await desk.shop('POST', `/v1/orders/${await desk.order('-P')}/returns`, {
      lines: [{ lineId: 'red', quantity: 1, reason: 'changed_mind', condition: 'opened' }],
      outcome: 'original_payment',
      method: 'own_shipping',
    });
    const items: QueueItemAnswer[] = [];
    let cursor = '';
    do {
      const page = await queueAfter(last, `?sku=SKU-RED-P&limit=1${cursor}`);
      items.push(...page.items);
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(new Set(items.map((item) => item.returnId)).size).toBe(4);
    expect(items).toHaveLength(4);
    expect(items.map((item) => item.since)).toEqual(items.map((item) => item.since).toSorted());
    expect((await desk.clerk('GET', '/v1/warehouse/queue?cursor=made-up')).status).toBe(400);
  });

  it('comes as CSV, all of it', async () => {
    const returnId = await desk.filed({ blue: 2 });
    const written = await desk.post(`/v1/returns/${returnId}/mismatches`, { scanId: 'm1', expectedLineId: 'blue' });
    const { status, headers, text } = await desk.clerk('GET', '/v1/warehouse/queue', undefined, {
      accept: 'text/csv',
      ...positionOf(written),
    });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    const [head, ...rows] = text.trim().split('\r\n');
    expect(head).toContain('returnId,orderId,state,since,ageSeconds');
    expect(rows.filter((row) => row.startsWith(`${returnId},`))).toHaveLength(1);
  });

  it('holds nothing that was declined, cancelled or is not decided yet', async () => {
    const returnId = await desk.filed({ red: 1 });
    const cancelled = await desk.shop('POST', `/v1/returns/${returnId}/cancel`, { reason: 'changed_mind' });
    expect(rowOf(await queueAfter(cancelled, '?limit=200'), returnId)).toBeUndefined();
  });
});

describe('A restock that the stock system refuses', () => {
  /** Two red shirts put away for sale and refused: the return and the restock's address. */
  const refused = async (): Promise<{ readonly returnId: string; readonly restock: string }> => {
    const returnId = await desk.filed({ red: 2 });
    ok(await desk.receive(returnId, 's1', [{ lineId: 'red', quantity: 2 }]));
    await waitFor(async () => (await desk.look(returnId)).money.refundedMinor === 2000, 'the refund');
    ok(await desk.post(`/v1/returns/${returnId}/inspections`, { items: [{ lineId: 'red', quantity: 2, grade: 'A' }] }));
    const away = ok(
      await desk.post(`/v1/returns/${returnId}/dispositions`, {
        items: [{ lineId: 'red', quantity: 2, disposition: 'restock', location: 'A-01' }],
      }),
    );
    const restock = `/v1/returns/${returnId}/restocks/${away.restocks[0]?.restockId}`;
    expect(codeOf(await desk.post(`${restock}/withdraw`, { disposition: 'recycle' }))).toBe('invalid_state');
    ok(await desk.post(`${restock}/block`, { reason: 'recalled' }));
    return { returnId, restock };
  };
  const wordsOf = async (returnId: string, language: string): Promise<readonly string[]> =>
    ok(
      await desk.clerk<{ items: readonly { words: string }[] }>('GET', `/v1/returns/${returnId}/history`, undefined, {
        'accept-language': language,
      }),
    ).items.map(({ words }) => words);

  it('ends where its pieces are put instead: off the queue, counted there, told in the history, and no money moves', async () => {
    const { returnId, restock } = await refused();
    const before = await desk.look(returnId);
    const key = { 'idempotency-key': `away-${returnId}` };
    const away = await desk.post(`${restock}/withdraw`, { disposition: 'quarantine', location: 'Q-1' }, key);
    expect(ok(away)).toMatchObject({
      status: before.status,
      money: before.money,
      refunds: before.refunds,
      restocks: [{ state: 'withdrawn', reason: 'recalled', quantity: 2 }],
    });
    expect(lineOf(ok(away), 'red')).toMatchObject({ received: 2, graded: 2, disposed: 0, quarantined: 2 });
    expect(rowOf(await queueAfter(away, '?limit=200'), returnId)).toBeUndefined();
    const { text } = await desk.clerk('GET', '/v1/warehouse/queue', undefined, { accept: 'text/csv', ...positionOf(away) });
    expect(text).not.toContain(`${returnId},`);
    expect((await wordsOf(returnId, 'en')).slice(-2)).toEqual([
      '2 units of “Red shirt” do not go back on sale.',
      '2 units of “Red shirt” put away: quarantine at Q-1.',
    ]);
    expect((await wordsOf(returnId, 'de')).slice(-2)).toEqual([
      '2 × „Red shirt“ kommen nicht wieder in den Verkauf.',
      '2 × „Red shirt“ weitergegeben: zur Klärung beiseitegelegt (Q-1).',
    ]);

    const again = await desk.post(`${restock}/withdraw`, { disposition: 'quarantine', location: 'Q-1' }, key);
    expect([again.headers.get('idempotency-replayed'), again.body]).toEqual(['true', away.body]);
    const on = ok(
      await desk.post(`/v1/returns/${returnId}/dispositions`, {
        items: [
          { lineId: 'red', quantity: 1, disposition: 'recycle' },
          { lineId: 'red', quantity: 1, disposition: 'return_to_vendor' },
        ],
      }),
    );
    expect(lineOf(on, 'red')).toMatchObject({ graded: 2, disposed: 2, quarantined: 0 });
  });

  it('is settled by one of two clerks, and the other reads what became of it', async () => {
    const { returnId, restock } = await refused();
    const other = desk.app.as(await desk.app.keyFor('warehouse'));
    const answers = await Promise.all([
      desk.post(`${restock}/withdraw`, { disposition: 'recycle' }),
      other<Seen>('POST', `${restock}/withdraw`, { station: 'dock-9', disposition: 'donate' }),
      other<Seen>('POST', `${restock}/confirm`, { station: 'dock-9' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    for (const late of answers.filter(({ status }) => status === 409))
      expect(problemOf(late)).toMatchObject({ code: 'invalid_state', detail: expect.stringMatching(/already/) });
    expect(['confirmed', 'withdrawn']).toContain((await desk.look(returnId)).restocks[0]?.state);
  });

  it('goes back on sale by its confirmation only, and elsewhere only to where there is', async () => {
    const { returnId, restock } = await refused();
    const before = await desk.look(returnId);
    const refusals = [
      { disposition: 'restock' },
      { disposition: 'the bin' },
      {},
      { disposition: 'scrap', location: 'x'.repeat(61) },
      { disposition: 'scrap', quantity: 1 },
    ];
    for (const body of refusals) expect([body, codeOf(await desk.post(`${restock}/withdraw`, body))]).toEqual([body, 'validation_failed']);
    expect((await desk.post(`/v1/returns/${returnId}/restocks/${returnId}-S9/withdraw`, { disposition: 'scrap' })).status).toBe(404);
    expect((await desk.post(`${restock}/withdraw`, { disposition: 'scrap' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await desk.look(returnId)).revision).toBe(before.revision);
  });
});

describe('What a scanned code should contain', () => {
  it('is known at once by the return id', async () => {
    const returnId = await desk.filed({ red: 2, mug: 1 });
    const { barcode, returns, more, parcels } = ok(await expected(returnId));
    expect([barcode, more, parcels]).toEqual([returnId, false, []]);
    expect(returns).toHaveLength(1);
    expect(returns[0]).toMatchObject({ returnId, status: 'approved', matchedBy: 'return_id', awaiting: 3, words: '3 pieces are awaited.' });
    expect(returns[0]?.lines.map((line) => [line.lineId, line.awaiting])).toEqual([
      ['red', 2],
      ['mug', 1],
    ]);
    expect(returns[0]?.notAnnounced).toEqual([{ lineId: 'blue', sku: 'SKU-BLUE', title: 'Blue shirt', barcode: null }]);
  });

  it('is known by the return id in small letters too, as it is typed by hand', async () => {
    const returnId = await desk.filed({ red: 1 });
    expect(ok(await expected(returnId.toLowerCase())).returns).toEqual([expect.objectContaining({ returnId, matchedBy: 'return_id' })]);
  });

  it('says that there is more than it shows where an order has more returns', async () => {
    const orderId = 'W-MANY';
    const pieces = 21;
    ok(
      await desk.shop('PUT', `/v1/orders/${orderId}`, {
        placedAt: '2026-03-01T10:00:00.000Z',
        currency: 'EUR',
        lines: [{ lineId: 'red', sku: 'SKU-RED', quantity: pieces, paid: { netMinor: 0 } }],
        payments: [],
      }),
      201,
    );
    for (let filed = 0; filed < pieces; filed += 1)
      ok(
        await desk.shop('POST', `/v1/orders/${orderId}/returns`, {
          lines: [{ lineId: 'red', quantity: 1, reason: 'changed_mind' }],
          method: 'own_shipping',
        }),
        201,
      );
    const { returns, more } = ok(await expected(orderId));
    expect([returns.length, more]).toEqual([20, true]);
  });

  it('is found by tracking number, label and the content of a QR code', async () => {
    const { returnId, trackingNumber, labelId } = await desk.labelled({ red: 1 });
    const written = await track(returnId, 'scanned', trackingNumber);
    const found = async (code: string): Promise<unknown> =>
      ok(await expected(code, positionOf(written))).returns.map((ret) => [ret.returnId, ret.matchedBy]);
    expect(await found(trackingNumber)).toEqual([[returnId, 'tracking_number']]);
    expect(await found(trackingNumber.toLowerCase())).toEqual([[returnId, 'tracking_number']]);
    expect(await found(`]C1${trackingNumber}`)).toEqual([[returnId, 'tracking_number']]);
    expect(await found(labelId)).toEqual([[returnId, 'label']]);
    expect(await found(`https://returns.example.org/r?rma=${returnId}&lang=en`)).toEqual([[returnId, 'return_id']]);
    expect(await found(`https://carrier.example.org/track/${trackingNumber}`)).toEqual([[returnId, 'tracking_number']]);
  });

  it('still leads to the return when the parcel comes after its end', async () => {
    const { returnId, trackingNumber } = await desk.labelled({ red: 1 });
    const cancelled = await desk.shop('POST', `/v1/returns/${returnId}/cancel`, { reason: 'changed_mind' });
    ok(cancelled);
    const [ret] = ok(await expected(trackingNumber, positionOf(cancelled))).returns;
    expect(ret).toMatchObject({ returnId, status: 'cancelled', words: expect.stringContaining('review') });
  });

  it('may be an order on a packing slip', async () => {
    const returnId = await desk.filed({ red: 1 });
    const orderId = returnId.replace(/-R1$/, '');
    expect(ok(await expected(orderId)).returns).toEqual([expect.objectContaining({ returnId, matchedBy: 'order' })]);
    const written = await desk.post(`/v1/returns/${returnId}/mismatches`, { scanId: 'm1', expectedLineId: 'red' });
    const number = orderId.replace('W-', 'NO-');
    expect(ok(await expected(number, positionOf(written))).returns).toEqual([expect.objectContaining({ returnId, matchedBy: 'order' })]);
  });

  it('is ambiguous for an item that several returns await, those on the dock first', async () => {
    const near = await desk.labelled({ mug: 1 }, '-A');
    const far = await desk.filed({ mug: 1 }, { suffix: '-A' });
    const delivered = await track(near.returnId, 'delivered', near.trackingNumber);
    const { returns } = ok(await expected('SKU-MUG-A', positionOf(delivered)));
    expect(returns.map((ret) => [ret.returnId, ret.matchedBy])).toEqual([
      [near.returnId, 'item'],
      [far, 'item'],
    ]);
    const received = await desk.receive(near.returnId, 's1', [{ barcode: 'SKU-MUG-A' }]);
    expect(ok(await expected('SKU-MUG-A', positionOf(received))).returns.map((ret) => ret.returnId)).toEqual([far]);
  });

  it('is nothing we know: the answer says what to do', async () => {
    const unknown = await expected('NEVER-SEEN-1');
    expect([unknown.status, codeOf(unknown)]).toEqual([404, 'not_found']);
    expect(problemOf(unknown).errors?.[0]?.detail).toContain('POST /v1/warehouse/parcels');
    expect((await expected('W-1-R99')).status).toBe(404);
    expect((await expected(' ')).status).toBe(404);
    expect((await desk.clerk('GET', '/v1/warehouse/expected')).status).toBe(400);
  });
});
