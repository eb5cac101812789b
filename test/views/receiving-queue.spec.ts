import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { DEFAULT_POLICY } from '../../src/policy/rules/policy.defaults.js';
import type { ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { RETURNS_EVENT_VERSIONS } from '../../src/returns/rules/returns.events.js';
import { foundParcelsProjection } from '../../src/warehouse/found-parcels.projection.js';
import { receivingQueueProjection } from '../../src/warehouse/receiving-queue.projection.js';
import { foundParcelDecider, type FoundParcelCommand } from '../../src/warehouse/rules/found-parcel.decider.js';
import { parcelStream } from '../../src/warehouse/rules/found-parcel.events.js';
import type { FoundParcelState } from '../../src/warehouse/rules/found-parcel.state.js';
import { Orders } from '../support/orders.js';
import { projectionKit, type ProjectionKit, type Row } from '../support/projection-kit.js';

const day = (number: number): string => `2026-03-${String(number).padStart(2, '0')}T09:00:00.000Z`;
const desk = { station: 'dock-2', clerk: 'key-7' };

const registered = (orderId: string): ReturnsCommand => ({
  type: 'RegisterOrder',
  at: day(1),
  number: `NO-${orderId}`,
  placedAt: day(1),
  currency: 'EUR',
  contactRef: 'contact-1',
  lines: ['RED', 'MUG'].map((sku) => ({
    lineId: sku.toLowerCase(),
    kind: 'goods',
    sku,
    barcode: sku === 'RED' ? '4006381333931' : null,
    title: sku,
    category: null,
    fulfilledQuantity: 3,
    deliveredAt: day(2),
    finalSale: false,
    weightGrams: null,
    quantity: 3,
    paid: { netMinor: 3000, taxMinor: 0 },
  })),
  shipping: { netMinor: 0, taxMinor: 0 },
  payments: [{ paymentId: 'p1', provider: 'simulated', reference: 'sim_ok', method: 'card', capturedMinor: 6000 }],
  promotions: [],
});
const filed = (orderId: string, at: string, lineId: string, quantity: number): ReturnsCommand => ({
  type: 'FileReturn',
  at,
  orderId,
  lines: [{ lineId, quantity, reason: 'changed_mind', condition: 'opened', noteRef: null, photoRefs: [] }],
  outcome: 'original_payment',
  method: 'label',
  policy: { policyId: 'default', version: 0, document: { ...DEFAULT_POLICY, windowDays: null } },
  carrier: 'builtin',
});
const labelled = (at: string, returnId: string): ReturnsCommand => ({
  type: 'RecordLabelOutcome',
  at,
  returnId,
  labelId: `${returnId}-L1`,
  outcome: { kind: 'issued', trackingNumber: `TN-${returnId}`, code: null, costMinor: 0, documentRef: 'doc' },
});
const tracked = (at: string, returnId: string, status: 'scanned' | 'delivered' | 'lost'): ReturnsCommand => ({
  type: 'RecordTracking',
  at,
  isTimed: true,
  returnId,
  status,
  trackingNumber: `TN-${returnId}`,
  place: null,
  code: null,
  expectedAt: null,
  fault: null,
});
const received = (at: string, returnId: string, scanId: string, lineId: string, quantity: number): ReturnsCommand => ({
  type: 'ReceiveItems',
  at,
  returnId,
  ...desk,
  scanId,
  trackingNumber: null,
  items: [{ lineId, barcode: null, quantity }],
});
const graded = (at: string, returnId: string, lineId: string, quantity: number): ReturnsCommand => ({
  type: 'InspectItems',
  at,
  returnId,
  ...desk,
  items: [{ lineId, quantity, grade: 'A', defects: [], photoRefs: [] }],
});
const putAway = (at: string, returnId: string, lineId: string, quantity: number, disposition: 'restock' | 'scrap'): ReturnsCommand => ({
  type: 'DisposeItems',
  at,
  returnId,
  ...desk,
  items: [{ lineId, quantity, disposition, location: null }],
});

describe('The receiving queue', () => {
  let kit: ProjectionKit;
  let orders: Orders;
  beforeEach(async () => {
    kit = await projectionKit(receivingQueueProjection, RETURNS_EVENT_VERSIONS);
    orders = new Orders(kit);
    await orders.on('A', registered('A'), filed('A', day(3), 'red', 2));
  });
  afterEach(() => kit.dispose());

  const row = async (returnId: string): Promise<Row | undefined> => (await kit.rows('rows')).find((each) => each['return_id'] === returnId);
  const codesOf = async (returnId: string): Promise<readonly unknown[]> =>
    kit.query(async (db, tables) => {
      const { rows } =
        await sql<Row>`select kind, code from ${sql.table(tables('codes'))} where return_id = ${returnId} order by kind, code`.execute(db);
      return rows.map(({ kind, code }) => `${kind} ${code}`);
    });

  it('says since when a return has been where it is', async () => {
    const seen: unknown[] = [];
    const see = async (): Promise<void> => void seen.push([(await row('A-R1'))?.['stage'], (await row('A-R1'))?.['since']]);
    await see();
    await orders.on('A', labelled(day(4), 'A-R1'));
    await see();
    await orders.on('A', tracked(day(5), 'A-R1', 'scanned'));
    await see();
    await orders.on('A', tracked(day(6), 'A-R1', 'delivered'));
    await see();
    await orders.on('A', received(day(7), 'A-R1', 's1', 'red', 1));
    await see();
    await orders.on('A', received(day(8), 'A-R1', 's2', 'red', 1));
    await see();
    expect(seen).toEqual([
      ['approved', day(3)],
      ['label_issued', day(4)],
      ['in_transit', day(5)],
      ['delivered', day(6)],
      ['receiving', day(7)],
      ['received', day(7)],
    ]);
  });

  it('keeps a return until everything is put away and every restock confirmed', async () => {
    await orders.on(
      'A',
      received(day(7), 'A-R1', 's1', 'red', 2),
      graded(day(8), 'A-R1', 'red', 2),
      putAway(day(9), 'A-R1', 'red', 1, 'scrap'),
    );
    expect(await row('A-R1')).toMatchObject({ stage: 'received', to_put_away: 1, awaiting: 0 });
    await orders.on('A', putAway(day(9), 'A-R1', 'red', 1, 'restock'));
    expect(await row('A-R1')).toMatchObject({ stage: 'received', to_put_away: 0, blocked_restocks: 0 });
    const answer = { type: 'AnswerRestock', returnId: 'A-R1', ...desk, restockId: 'A-R1-S1' } as const;
    await orders.on('A', { ...answer, at: day(10), answer: 'blocked', reason: 'recalled' });
    expect(await row('A-R1')).toMatchObject({ blocked_restocks: 1 });
    await orders.on('A', { ...answer, at: day(11), answer: 'confirmed', reason: '' });
    expect(await row('A-R1')).toBeUndefined();
  });

  it('lets go of a blocked restock whose pieces were put elsewhere', async () => {
    await orders.on(
      'A',
      received(day(7), 'A-R1', 's1', 'red', 2),
      graded(day(8), 'A-R1', 'red', 2),
      putAway(day(9), 'A-R1', 'red', 1, 'restock'),
      putAway(day(9), 'A-R1', 'red', 1, 'restock'),
    );
    const about = (restockId: string) => ({ returnId: 'A-R1', ...desk, restockId }) as const;
    await orders.on(
      'A',
      ...['A-R1-S1', 'A-R1-S2'].map(
        (restockId) => ({ ...about(restockId), type: 'AnswerRestock', at: day(10), answer: 'blocked', reason: 'recalled' }) as const,
      ),
    );
    expect(await row('A-R1')).toMatchObject({ blocked_restocks: 2 });
    await orders.on('A', { ...about('A-R1-S1'), type: 'WithdrawRestock', at: day(11), disposition: 'quarantine', location: 'Q-1' });
    expect(await row('A-R1')).toMatchObject({ stage: 'received', blocked_restocks: 1, to_put_away: 0 });
    expect(JSON.parse(String((await row('A-R1'))?.['details']))).toMatchObject({ blocked: [{ restockId: 'A-R1-S2' }] });
    await orders.on('A', { ...about('A-R1-S2'), type: 'WithdrawRestock', at: day(11), disposition: 'recycle', location: null });
    expect(await row('A-R1')).toBeUndefined();
    await kit.expectRepeatable();
  });

  it('leaves out what is cancelled, and takes it in again when the parcel comes late', async () => {
    await orders.on('A', {
      type: 'CancelReturn',
      at: day(4),
      returnId: 'A-R1',
      by: 'customer',
      reason: { code: 'changed_mind' },
    });
    expect(await row('A-R1')).toBeUndefined();
    await orders.on('A', received(day(7), 'A-R1', 's1', 'red', 1));
    const late = await row('A-R1');
    expect(late).toMatchObject({ awaiting_inspection: 1, station: 'dock-2' });
    expect(JSON.parse(String(late?.['details']))).toMatchObject({ inReview: true });
  });

  it('tells a lost parcel from one that is on its way', async () => {
    await orders.on('A', labelled(day(4), 'A-R1'), tracked(day(5), 'A-R1', 'scanned'), tracked(day(6), 'A-R1', 'lost'));
    const lost = await row('A-R1');
    expect(lost?.['stage']).toBe('label_issued');
    expect(JSON.parse(String(lost?.['details']))).toMatchObject({ exceptions: ['lost'], trackingNumbers: ['TN-A-R1'] });
  });

  it('counts mismatches and surplus by pieces', async () => {
    await orders.on('A', received(day(7), 'A-R1', 's1', 'red', 5), {
      type: 'RecordMismatch',
      at: day(7),
      returnId: 'A-R1',
      ...desk,
      scanId: 'm1',
      expectedLineId: 'red',
      foundBarcode: null,
      quantity: 2,
      noteRef: null,
      photoRefs: [],
    });
    expect(await row('A-R1')).toMatchObject({ received: 2, surplus: 3, mismatches: 2 });
  });

  it('knows what leads to a return: items while they are awaited, labels and the order for ever', async () => {
    await orders.on('A', labelled(day(4), 'A-R1'));
    const forEver = ['label A-R1-L1', 'order A', 'order NO-A', 'return_id A-R1', 'tracking_number TN-A-R1'];
    expect(await codesOf('A-R1')).toEqual(['item 4006381333931', 'item RED', ...forEver.slice(0, 4), 'sku RED', ...forEver.slice(4)]);
    await orders.on('A', received(day(7), 'A-R1', 's1', 'red', 2));
    expect(await codesOf('A-R1')).toEqual([...forEver.slice(0, 4), 'sku RED', ...forEver.slice(4)]);
    await orders.on('A', graded(day(8), 'A-R1', 'red', 2), putAway(day(9), 'A-R1', 'red', 2, 'scrap'));
    expect(await codesOf('A-R1')).toEqual(forEver);
  });

  it('comes out the same however often and in whatever batches the log is read', async () => {
    await orders.on(
      'A',
      filed('A', day(4), 'mug', 1),
      labelled(day(4), 'A-R1'),
      received(day(7), 'A-R1', 's1', 'red', 1),
      received(day(7), 'A-R2', 's2', 'mug', 2),
    );
    await orders.on('B', registered('B'), filed('B', day(4), 'mug', 3), {
      type: 'CancelReturn',
      at: day(5),
      returnId: 'B-R1',
      by: 'staff',
      reason: { code: 'duplicate' },
    });
    await orders.on(
      'C',
      registered('C'),
      filed('C', day(4), 'red', 1),
      received(day(6), 'C-R1', 's1', 'red', 1),
      graded(day(8), 'C-R1', 'red', 1),
      putAway(day(9), 'C-R1', 'red', 1, 'scrap'),
    );
    await kit.happened('policy-default', { type: 'PolicyPublished', data: {} });
    expect((await kit.rows('rows')).map((each) => each['return_id'])).toEqual(['A-R1', 'A-R2']);
    await kit.expectRepeatable();
  });
});

describe('Unannounced parcels as a list', () => {
  it('show where each stands, the same however often the log is read', async () => {
    const kit = await projectionKit(foundParcelsProjection);
    try {
      const states = new Map<string, FoundParcelState>();
      const on = async (parcelId: string, ...commands: readonly FoundParcelCommand[]): Promise<void> => {
        for (const command of commands) {
          const state = states.get(parcelId) ?? null;
          const events = foundParcelDecider.decide(command, state);
          states.set(
            parcelId,
            events.reduce((folded, event) => foundParcelDecider.evolve(folded, event), state),
          );
          await kit.happened(parcelStream(parcelId), ...events);
        }
      };
      const record: FoundParcelCommand = {
        type: 'RecordFoundParcel',
        at: day(3),
        ...desk,
        trackingNumber: ' tn 1 ',
        noteRef: null,
        scanId: 'found',
        items: [{ barcode: 'RED', quantity: 2, noteRef: null }],
      };
      const match: FoundParcelCommand = { type: 'MatchFoundParcel', at: day(4), ...desk, returnId: 'A-R1' };
      await on('P-1', record);
      await on('P-2', { ...record, at: day(4), trackingNumber: null }, match);
      await on('P-3', record, match, { type: 'RecordHandover', at: day(4), scanId: 'found', returnId: 'A-R1', match: 1, refusal: null });
      await on('P-4', record, match, {
        type: 'RecordHandover',
        at: day(4),
        scanId: 'found',
        returnId: 'A-R1',
        match: 1,
        refusal: 'invalid_state',
      });
      const rows = await kit.rows('parcels');
      expect(rows.map((each) => [each['parcel_id'], each['status'], each['found_at'], each['tracking_code'], each['return_id']])).toEqual([
        ['P-1', 'unmatched', day(3), 'TN1', null],
        ['P-2', 'matched', day(4), null, 'A-R1'],
        ['P-3', 'handed_over', day(3), 'TN1', 'A-R1'],
        ['P-4', 'refused', day(3), 'TN1', 'A-R1'],
      ]);
      await kit.expectRepeatable();
    } finally {
      await kit.dispose();
    }
  });
});
