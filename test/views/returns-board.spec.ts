import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { returnRatesProjection } from '../../src/operations/return-rates.projection.js';
import { ReturnRatesQueries } from '../../src/operations/return-rates.queries.js';
import type { RatesQuery } from '../../src/operations/returns-board.dto.js';
import { returnsBoardProjection } from '../../src/operations/returns-board.projection.js';
import { ReturnsBoardQueries, type BoardFilter } from '../../src/operations/returns-board.queries.js';
import { DEFAULT_POLICY } from '../../src/policy/rules/policy.defaults.js';
import type { Method } from '../../src/policy/rules/policy.events.js';
import type { RegisterOrder } from '../../src/returns/rules/decide/order.js';
import type { ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { returnIdOf } from '../../src/returns/rules/returns.events.js';
import { Orders } from '../support/orders.js';
import { projectionKit, type ProjectionKit } from '../support/projection-kit.js';

const NOW = '2026-03-20T12:00:00.000Z';
const day = (number: number, month = 3): string =>
  `2026-${String(month).padStart(2, '0')}-${String(number).padStart(2, '0')}T09:00:00.000Z`;

/** Three units each of RED (clothing) and MUG (kitchen), 10.00 a unit. */
const registered = (orderId: string, placedAt = day(1), contactRef = `contact-${orderId}`): RegisterOrder => ({
  type: 'RegisterOrder',
  at: placedAt,
  number: `No-${orderId}`,
  placedAt,
  currency: 'EUR',
  contactRef,
  lines: [
    ['red', 'RED', 'clothing'],
    ['mug', 'MUG', 'kitchen'],
  ].map(([lineId = '', sku = '', category = '']) => ({
    lineId,
    kind: 'goods',
    sku,
    barcode: null,
    title: sku,
    category,
    quantity: 3,
    fulfilledQuantity: 3,
    deliveredAt: placedAt,
    finalSale: false,
    weightGrams: null,
    paid: { netMinor: 3000, taxMinor: 0 },
  })),
  shipping: { netMinor: 0, taxMinor: 0 },
  payments: [{ paymentId: 'p1', provider: 'simulated', reference: 'sim_ok', method: 'card', capturedMinor: 6000 }],
  promotions: [],
});
const filed = (
  orderId: string,
  at: string,
  lines: Readonly<Record<string, number>>,
  reason = 'changed_mind',
  method: Method = 'own_shipping',
): ReturnsCommand => ({
  type: 'FileReturn',
  at,
  orderId,
  outcome: 'original_payment',
  method,
  carrier: 'builtin',
  lines: Object.entries(lines).map(([lineId, quantity]) => ({
    lineId,
    quantity,
    reason,
    condition: 'opened',
    noteRef: null,
    photoRefs: [],
  })),
  policy: { policyId: 'default', version: 0, document: { ...DEFAULT_POLICY, windowDays: null } },
});
const cancelled = (at: string, returnId: string): ReturnsCommand => ({
  type: 'CancelReturn',
  at,
  returnId,
  by: 'customer',
  reason: { code: 'customer_request' },
});
const received = (
  at: string,
  returnId: string,
  lineId: string,
  quantity: number,
  trackingNumber: string | null = null,
): ReturnsCommand => ({
  type: 'ReceiveItems',
  at,
  returnId,
  station: 'dock',
  clerk: 'key',
  scanId: `${returnId}-${lineId}`,
  trackingNumber,
  items: [{ lineId, barcode: null, quantity }],
});

describe('The returns board', () => {
  let kit: ProjectionKit;
  let orders: Orders;
  let board: ReturnsBoardQueries;
  beforeEach(async () => {
    kit = await projectionKit(returnsBoardProjection);
    orders = new Orders(kit);
    board = new ReturnsBoardQueries(kit.views, () => new Date(NOW));
  });
  afterEach(() => kit.dispose());

  const list = (filter: Partial<BoardFilter> = {}, limit = 50, cursor?: string) =>
    board.page({ sort: 'newest', ...filter }, limit, cursor, undefined);
  const ids = async (filter: Partial<BoardFilter> = {}): Promise<readonly string[]> =>
    (await list(filter)).items.map((item) => item.returnId);

  it('shows each return as it stands', async () => {
    await orders.on('A', registered('A'), filed('A', day(2), { red: 2, mug: 1 }), received(day(5), 'A-R1', 'red', 1));
    const { items, counts } = await list();
    expect(items).toEqual([
      {
        returnId: 'A-R1',
        orderId: 'A',
        orderNumber: 'No-A',
        customer: 'contact-A',
        status: 'refunding',
        requestedAt: day(2),
        updatedAt: day(5),
        ageSeconds: 18 * 86_400 + 3 * 3600,
        outcome: 'original_payment',
        method: 'own_shipping',
        reasons: ['changed_mind'],
        skus: ['RED', 'MUG'],
        itemNames: ['RED', 'MUG'],
        units: 3,
        awaiting: 2,
        received: 1,
        currency: 'EUR',
        quotedMinor: 3000,
        entitledMinor: 1000,
        refundedMinor: 0,
        refundedAheadMinor: 0,
        blockedMinor: 0,
        needsDecision: null,
      },
    ]);
    expect(counts).toEqual([{ status: 'refunding', count: 1 }]);
  });

  it('finds by status, order, number, customer, SKU and age', async () => {
    await orders.on('A', registered('A'), filed('A', day(2), { red: 1 }), filed('A', day(10), { mug: 1 }), cancelled(day(11), 'A-R2'));
    await orders.on('B', registered('B', day(1), 'contact-A'), filed('B', day(6), { mug: 2 }));
    expect(await ids()).toEqual(['A-R2', 'B-R1', 'A-R1']);
    expect(await ids({ status: ['cancelled'] })).toEqual(['A-R2']);
    expect(await ids({ status: ['cancelled', 'approved'] })).toEqual(['A-R2', 'B-R1', 'A-R1']);
    expect(await ids({ orderId: 'B' })).toEqual(['B-R1']);
    expect(await ids({ q: ' no-a ' })).toEqual(['A-R2', 'A-R1']);
    expect(await ids({ customer: 'contact-A', status: ['approved'] })).toEqual(['B-R1', 'A-R1']);
    expect(await ids({ sku: 'MUG' })).toEqual(['A-R2', 'B-R1']);
    expect(await ids({ minAgeSeconds: 14 * 86_400 })).toEqual(['B-R1', 'A-R1']);
    expect((await list({ sku: 'MUG', status: ['approved'] })).counts).toEqual([
      { status: 'approved', count: 1 },
      { status: 'cancelled', count: 1 },
    ]);
  });

  it('finds what waits for a person: in review though its goods have come, or with money that cannot be paid', async () => {
    await orders.on(
      'A',
      {
        ...registered('A'),
        payments: [{ paymentId: 'p1', provider: 'simulated', reference: 'sim_ok', method: 'card', capturedMinor: 500 }],
      },
      filed('A', day(2), { red: 1 }),
      received(day(5), 'A-R1', 'red', 1),
    );
    await orders.on('B', registered('B'), filed('B', day(3), { mug: 1 }), cancelled(day(4), 'B-R1'), received(day(6), 'B-R1', 'mug', 1));
    await orders.on('C', registered('C'), filed('C', day(7), { mug: 1 }));
    const { items } = await list({ needsDecision: true });
    expect(items).toMatchObject([
      { returnId: 'B-R1', status: 'received', needsDecision: 'review', blockedMinor: 0 },
      { returnId: 'A-R1', status: 'refund_blocked', needsDecision: 'blocked', blockedMinor: 1000, entitledMinor: 0 },
    ]);
    expect(await ids({ needsDecision: false })).toEqual(['C-R1']);
    await orders.on('A', { ...registered('A'), at: day(8) });
    expect(await ids({ needsDecision: true })).toEqual(['B-R1']);
  });

  it('finds by what a person has in hand: the id, a label, a tracking number or a drop-off code, however it is written', async () => {
    const issued = (at: string, labelId: string, trackingNumber: string, code: string | null): ReturnsCommand => ({
      type: 'RecordLabelOutcome',
      at,
      returnId: 'a-R1',
      labelId,
      outcome: { kind: 'issued', trackingNumber, code, costMinor: 300, documentRef: labelId },
    });
    await orders.on(
      'a',
      registered('a'),
      filed('a', day(2), { red: 1 }, 'changed_mind', 'drop_off'),
      issued(day(3), 'a-R1-L1', 'JD0146', 'QX-7'),
    );
    await orders.on('a', received(day(5), 'a-R1', 'red', 1, 'other 77'), filed('a', day(6), { mug: 1 }));
    await orders.on('b', registered('b'), filed('b', day(7), { red: 1 }));
    for (const q of ['a-R1', 'A-R1', ' a-r1 ', 'A-R1-L1', 'JD0146', 'jd 01 46', 'qx-7', 'OTHER77'])
      expect([q, await ids({ q })]).toEqual([q, ['a-R1']]);
    expect([await ids({ q: 'A' }), await ids({ q: 'JD014' })]).toEqual([['a-R2', 'a-R1'], []]);
    await kit.expectRepeatable();
  });

  it('pages through all of them once, also where several were filed at the same moment', async () => {
    for (let n = 1; n <= 7; n += 1) await orders.on(`P${n}`, registered(`P${n}`), filed(`P${n}`, day(n < 5 ? 2 : 3), { red: 1 }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({}, 3, cursor);
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map((item) => item.returnId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map((n) => returnIdOf(`P${n}`, 1)));
    const file = await text(board.csv({ sort: 'newest' }, undefined).getStream());
    const csv: Readonly<Record<string, string>>[] = parse(file, { columns: true });
    expect(csv.map((row) => row['returnId'])).toEqual(seen);
    expect(csv[0]).toMatchObject({ skus: 'RED', reasons: 'changed_mind' });
  });

  it('follows an order number that the shop changes', async () => {
    const order = registered('A');
    await orders.on('A', order, filed('A', day(2), { red: 1 }), { ...order, number: 'NEW-1', at: day(3) });
    expect(await ids({ q: 'new-1' })).toEqual(['A-R1']);
    expect(await ids({ q: 'No-A' })).toEqual([]);
  });

  it('comes out the same however often it is built', async () => {
    await orders.on(
      'A',
      registered('A'),
      filed('A', day(2), { red: 2, mug: 1 }),
      received(day(5), 'A-R1', 'red', 1),
      filed('A', day(6), { red: 1 }),
      cancelled(day(7), 'A-R2'),
    );
    await kit.expectRepeatable();
  });
});

describe('Return rates', () => {
  let kit: ProjectionKit;
  let orders: Orders;
  beforeEach(async () => {
    kit = await projectionKit(returnRatesProjection);
    orders = new Orders(kit);
  });
  afterEach(() => kit.dispose());

  const rates = async (query: Partial<RatesQuery> = {}) =>
    (await new ReturnRatesQueries(kit.views).rates({ groupBy: 'sku', basis: 'order', ...query }, undefined)).groups.map(
      ({ key, month, sold, returned, received: got, rateBp }) => [key, month, sold, returned, got, rateBp],
    );

  it('counts what came back of the orders of a month, by SKU, category and reason', async () => {
    await orders.on(
      'A',
      registered('A', day(20, 1)),
      filed('A', day(5, 2), { red: 2 }),
      received(day(8, 2), 'A-R1', 'red', 1),
      filed('A', day(9, 2), { red: 1 }, 'too_small'),
    );
    await orders.on('B', registered('B', day(25, 1)), filed('B', day(6, 2), { mug: 1 }));
    expect(await rates()).toEqual([
      ['RED', '2026-01', 6, 3, 1, 5000],
      ['MUG', '2026-01', 6, 1, 0, 1667],
    ]);
    expect(await rates({ groupBy: 'category' })).toEqual([
      ['clothing', '2026-01', 6, 3, 1, 5000],
      ['kitchen', '2026-01', 6, 1, 0, 1667],
    ]);
    expect(await rates({ groupBy: 'reason' })).toEqual([
      ['changed_mind', '2026-01', 12, 3, 1, 2500],
      ['too_small', '2026-01', 12, 1, 0, 833],
    ]);
    expect(await rates({ groupBy: 'reason', sku: 'RED' })).toEqual([
      ['changed_mind', '2026-01', 6, 2, 1, 3333],
      ['too_small', '2026-01', 6, 1, 0, 1667],
    ]);
  });

  it('counts what came back in a month against what was sold in it', async () => {
    await orders.on('A', registered('A', day(20, 1)), filed('A', day(5, 2), { red: 2 }));
    await orders.on('B', registered('B', day(3, 2)));
    expect(await rates({ basis: 'return', from: '2026-02', to: '2026-02' })).toEqual([
      ['RED', '2026-02', 3, 2, 0, 6667],
      ['MUG', '2026-02', 3, 0, 0, 0],
    ]);
    expect(await rates({ basis: 'return', from: '2026-03' })).toEqual([]);
  });

  it('forgets units that are released again', async () => {
    await orders.on('A', registered('A'), filed('A', day(2), { red: 2 }), cancelled(day(3), 'A-R1'));
    expect(await rates()).toEqual([
      ['MUG', '2026-03', 3, 0, 0, 0],
      ['RED', '2026-03', 3, 0, 0, 0],
    ]);
  });

  it('keeps the ledger of units and money of every order line', async () => {
    await orders.on('A', registered('A'), filed('A', day(2), { red: 2 }), received(day(3), 'A-R1', 'red', 1));
    expect(await kit.rows('sold')).toMatchObject([
      { line_id: 'mug', quantity: 3, fulfilled: 3, returnable: 3, in_return: 0, received: 0, paid_minor: 3000, entitled_minor: 0 },
      { line_id: 'red', quantity: 3, fulfilled: 3, returnable: 1, in_return: 2, received: 1, paid_minor: 3000, entitled_minor: 1000 },
    ]);
  });

  it('comes out the same however often it is built', async () => {
    await orders.on(
      'A',
      registered('A'),
      filed('A', day(2), { red: 2, mug: 1 }),
      received(day(5), 'A-R1', 'red', 1),
      filed('A', day(6), { mug: 1 }),
      cancelled(day(7), 'A-R2'),
    );
    await kit.expectRepeatable();
  });
});
