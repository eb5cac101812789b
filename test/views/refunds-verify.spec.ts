import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { NewEvent, Position, RecordedEvent } from '../../src/eventing/event-store.js';
import type { Projection } from '../../src/eventing/projection.js';
import { openDatabase, type Database } from '../../src/eventing/sql/database.js';
import { EventCatalogue } from '../../src/eventing/upcasting.js';
import { Views } from '../../src/eventing/views.js';
import { refundLatencyProjection } from '../../src/finance/refund-latency.projection.js';
import { refundsProjection } from '../../src/finance/refunds.projection.js';
import { verify, verifyLog } from '../../src/finance/verify.js';
import { orderNumbersProjection } from '../../src/portal/order-numbers.projection.js';
import { returnsModel } from '../../src/returns/rules/returns.decider.js';
import type { ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import type { FoldedOrder } from '../../src/returns/rules/returns.fold.js';
import { testStore, type TestStore } from '../support/test-store.js';
import { Log, play, registered, terms } from './refunds.histories.js';

/** A long and busy history, the same every time. */
const BUSY = Array.from({ length: 400 }, (_, index) => ({
  order: index % 4,
  what: (index * 37) % 1000,
  pick: (index * 7919) % 10_000,
  waitMs: (index % 9) * 3_600_000,
}));

let log: TestStore;
let database: Database;
let views: Views;

beforeEach(async () => {
  log = await testStore();
  database = openDatabase(join(log.folder, 'views.sqlite'));
  views = viewsOf(refundsProjection, refundLatencyProjection);
});
afterEach(async () => {
  await views.stop();
  await database.close();
  await log.dispose();
});

function viewsOf(...projections: readonly Projection<FoldedOrder>[]): Views {
  const catalogue = new EventCatalogue();
  catalogue.register(returnsModel);
  const made = new Views(log.store, database, catalogue, { lingerMs: 0 });
  for (const projection of projections) made.register(projection);
  return made;
}

async function write(from: readonly RecordedEvent[]): Promise<Position> {
  let position: Position | undefined;
  for (const { id, type, data, metadata, streamId, revision } of from) {
    const event: NewEvent = { id, type, data, metadata };
    position = (await log.store.append(streamId, [event], revision === 0 ? 'no-stream' : revision - 1)).position;
  }
  return position!;
}

async function built(from: readonly RecordedEvent[]): Promise<void> {
  const position = await write(from);
  await views.start({ run: true });
  for (const { name } of views.status()) expect(await views.waitFor(name, position, 60_000)).toBe(true);
}

/** Physical name of a table of a view in use. */
const table = async (view: string, logical: string): Promise<string> =>
  (await views.read(view, undefined, async (_, tables) => tables(logical))).result;

describe('verify', () => {
  it('finds nothing to object to in what the deciders and the runner wrote', async () => {
    const { events, states } = play(BUSY);
    await built(events);
    const { log: found, views: compared, differences } = await verify(log.store, views);
    expect(differences).toEqual([]);
    expect(found).toMatchObject({
      events: events.length,
      streams: 4,
      orders: 4,
      returns: [...states.values()].flatMap((each) => each.returns).length,
    });
    expect(found.refunds).toBeGreaterThan(5);
    expect(compared.map(({ view, behind }) => ({ view, behind }))).toEqual([
      { view: 'refunds', behind: false },
      { view: 'refund-latency', behind: false },
    ]);
    for (const { rows } of compared) expect(rows).toBeGreaterThan(20);
  });

  it('names every row of a view that the log does not give, and every one it lacks', async () => {
    await built(play(BUSY).events);
    const refunds = await table('refunds', 'refunds');
    const stages = await table('refund-latency', 'stages');
    const { rows } = await sql<{
      return_id: string;
    }>`select return_id from ${sql.table(refunds)} where state = 'succeeded' limit 1`.execute(database.write);
    await sql`update ${sql.table(refunds)} set amount_minor = amount_minor + 1 where return_id = ${rows[0]!.return_id}`.execute(
      database.write,
    );
    await sql`delete from ${sql.table(stages)} where return_id = 'ORDER-1-R1' and stage = 'approval'`.execute(database.write);
    const { differences } = await verify(log.store, views);
    expect(differences.map(({ returnId, words }) => [returnId, words.slice(0, words.indexOf(':'))])).toEqual(
      expect.arrayContaining([
        [rows[0]!.return_id, 'view refunds, table refunds has a row the log does not give'],
        [rows[0]!.return_id, 'view refunds, table refunds lacks a row the log gives'],
        ['ORDER-1-R1', 'view refund-latency, table stages lacks a row the log gives'],
      ]),
    );
    expect(differences.filter(({ words }) => words.startsWith('view refund-latency'))).toHaveLength(1);
    // Looking changed nothing: the builds made for it are gone again.
    const left = await sql<{ view: string }>`select view from view_generations order by view`.execute(database.read);
    expect(left.rows.map(({ view }) => view)).toEqual(['refund-latency', 'refunds']);
  });

  it('compares a view that is behind the log as of where it stands, and says that it is behind', async () => {
    const { events } = play(BUSY);
    const half = Math.floor(events.length / 2);
    await built(events.slice(0, half));
    await views.stop();
    await write(events.slice(half));
    const { views: compared, differences } = await verify(log.store, views);
    expect(differences).toEqual([]);
    expect(compared.map(({ behind }) => behind)).toEqual([true, true]);
  });

  it('compares views that stand at different places in one pass over the log, and names those that cannot be compared', async () => {
    const { events } = play(BUSY);
    const half = Math.floor(events.length / 2);
    await built(events.slice(0, half));
    await views.stop();
    const head = await write(events.slice(half));
    const ahead = viewsOf(refundLatencyProjection);
    await ahead.start({ run: true });
    expect(await ahead.waitFor('refund-latency', head, 60_000)).toBe(true);
    await ahead.stop();
    views = viewsOf(refundsProjection, refundLatencyProjection, orderNumbersProjection);
    const { streams } = log.store;
    let passes = 0;
    log.store.streams = (...from) => {
      passes += 1;
      return streams!(...from);
    };
    const [refunds, latency, numbers] = await views.compare(['refunds', 'refund-latency', 'order-numbers'], () => undefined);
    expect(refunds).toMatchObject({ view: 'refunds', differences: [] });
    expect(latency).toMatchObject({ view: 'refund-latency', position: head, differences: [] });
    expect(refunds).not.toMatchObject({ position: head });
    expect(numbers).toEqual({ view: 'order-numbers', failed: 'View order-numbers has never been built' });
    expect(passes).toBe(1);
  });

  it('says which return gives back more than was paid, and at which revision', async () => {
    const overpaid = new Log();
    overpaid.run(0, registered(0));
    const { at } = overpaid;
    const returnId = 'ORDER-0-R1';
    const payments = [{ paymentId: 'gift', amountMinor: 1500 }];
    const breakdown = {
      units: [{ lineId: 'L1', unit: 0, netMinor: 1001, taxMinor: 191, factorBp: 10000, refundMinor: 1500 }],
      shippingMinor: 0,
      fees: [],
      bonusMinor: 0,
      totalMinor: 1500,
      payments,
      ruleIds: [],
    };
    const events: readonly ReturnsEvent[] = [
      {
        type: 'ReturnRequested',
        data: {
          at,
          returnId,
          outcome: 'original_payment',
          method: 'in_store',
          carrier: 'builtin',
          terms: terms(),
          quotedMinor: 0,
          lines: [{ lineId: 'L1', units: [0], reason: 'too_small', fault: 'customer', condition: 'opened', noteRef: null, photoRefs: [] }],
        },
      },
      {
        type: 'RefundEntitled',
        data: { at, returnId, refundId: `${returnId}-F1`, trigger: 'manual', destination: 'original_payment', reason: null, breakdown },
      },
    ];
    overpaid.write(0, events);
    await write(overpaid.events);
    const { differences } = await verifyLog(log.store);
    expect(differences).toEqual([
      {
        streamId: 'returns-ORDER-0',
        returnId,
        words: `after revision 2: refund ${returnId}-F1: unit 0 of line L1 gives more than was paid for it`,
      },
      { streamId: 'returns-ORDER-0', returnId: null, words: 'after revision 2: unit 0 of line L1 gave 1500, 1192 was paid for it' },
      { streamId: 'returns-ORDER-0', returnId: null, words: 'after revision 2: payment gift gives back 1500, 1426 was captured' },
    ]);
  });

  it('has nothing to say about an empty log', async () => {
    await views.start({ run: true });
    const { log: found, differences } = await verify(log.store, views);
    expect({ events: found.events, upTo: found.upTo, differences }).toEqual({ events: 0, upTo: 'start', differences: [] });
  });
});
