/**
 * What the queries of finance, shop and warehouse cost with many returns: a log of N returns is written once, the views are
 * built from it by the service itself, then one client asks every question.
 *
 *   npm run bench:queries [-- --returns 10000 --days 90 --seconds 3 --folder /tmp/backhaul-queries --only latency --json FILE]
 *
 * The folder is kept, so the next run with as many returns only starts the service. Half of the returns are refunded.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EmbeddedEventStore } from '../dist/eventing/stores/embedded.store.js';
import { DEFAULT_POLICY } from '../dist/policy/rules/policy.defaults.js';
import { returnsDecider } from '../dist/returns/rules/returns.decider.js';
import { RETURNS_EVENT_VERSIONS, returnsStream } from '../dist/returns/rules/returns.events.js';
import { HEADERS, startService } from './service.mjs';

const { values } = parseArgs({
  options: {
    returns: { type: 'string', default: '10000' },
    days: { type: 'string', default: '90' },
    seconds: { type: 'string', default: '3' },
    folder: { type: 'string', default: '/tmp/backhaul-queries' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const RETURNS = Number(values.returns);
const DAYS = Number(values.days);
const DAY_MS = 86_400_000;
const DOCUMENT = { ...DEFAULT_POLICY, windowDays: null, expireAfterDays: 3650 };
const METHODS = ['label', 'label', 'drop_off', 'own_shipping'];
/** Spread of the log-normal durations: from minutes to weeks. */
const SIGMA = 0.9;

/** Numbers from 0 to 1, the same in every run. */
function* chances(seed) {
  for (let state = seed; ;) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

/** The life of one order with one return, as the decider writes it. */
function history(n, nowMs) {
  const random = chances(n + 1);
  const chance = () => random.next().value;
  const orderId = `Q-${n}`;
  const returnId = `${orderId}-R1`;
  const refundId = `${returnId}-F1`;
  let state = returnsDecider.initialState;
  let atMs = nowMs - Math.floor(chance() * DAYS * DAY_MS);
  const events = [];
  const write = (told) =>
    told.forEach(({ type, data }) => {
      state = returnsDecider.evolve(state, { type, data });
      const commandId = randomUUID();
      events.push({
        id: randomUUID(),
        type,
        data,
        metadata: {
          commandId,
          commandHash: '',
          correlationId: commandId,
          causationId: commandId,
          schemaVersion: RETURNS_EVENT_VERSIONS[type],
          actor: { kind: 'system', id: 'bench', channel: 'process' },
          occurredAt: new Date(atMs).toISOString(),
        },
      });
    });
  const command = (type, rest, medianMs) => {
    const spread = Math.exp(SIGMA * Math.sqrt(-2 * Math.log(chance() || 0.5)) * Math.cos(2 * Math.PI * chance()));
    atMs = Math.min(nowMs, atMs + Math.round(medianMs * spread));
    write(returnsDecider.decide({ type, at: new Date(atMs).toISOString(), ...rest }, state));
  };
  const onReturn = (type, rest, medianMs) => command(type, { returnId, ...rest }, medianMs);
  const provider = n % 2 === 0 ? 'simulated' : 'manual';
  const lines = [
    {
      lineId: 'L1',
      kind: 'goods',
      sku: `SKU-${Math.floor(chance() * chance() * 500)}`,
      barcode: null,
      title: 'Thing',
      category: `C${n % 12}`,
      quantity: 2,
      fulfilledQuantity: 2,
      deliveredAt: null,
      finalSale: false,
      weightGrams: null,
      paid: { netMinor: 4000, taxMinor: 760 },
    },
  ];
  command(
    'RegisterOrder',
    {
      number: `#${n}`,
      placedAt: new Date(atMs).toISOString(),
      currency: ['EUR', 'EUR', 'USD'][n % 3],
      contactRef: `contact-${n}`,
      lines,
      shipping: { netMinor: 0, taxMinor: 0 },
      payments: [{ paymentId: 'card', provider, reference: `sim_ok_${n}`, method: 'card', capturedMinor: 4760 }],
      promotions: [],
    },
    0,
  );
  const method = METHODS[n % METHODS.length];
  const reason = DOCUMENT.reasons[Math.floor(chance() * 7)].code;
  const kind = n % 20;
  if (kind === 18) {
    const document = { ...DOCUMENT, approval: { ...DOCUMENT.approval, auto: false } };
    file(document);
    return { streamId: returnsStream(orderId), events };
  }
  file(DOCUMENT);
  if (kind === 19) {
    onReturn('CloseReturn', { reason: { code: 'done' } }, DAY_MS);
    return { streamId: returnsStream(orderId), events };
  }
  const label = state.returns[0].labels.at(-1);
  const trackingNumber = `T${n}`;
  if (label !== undefined) {
    const outcome = {
      kind: 'issued',
      trackingNumber,
      code: method === 'drop_off' ? `D${n}` : null,
      costMinor: 390,
      documentRef: `doc-${n}`,
    };
    onReturn('RecordLabelOutcome', { labelId: label.labelId, outcome }, 60_000);
  }
  if (kind === 14 || kind === 15) return { streamId: returnsStream(orderId), events };
  const sighting = { isTimed: true, status: 'scanned', trackingNumber, place: null, code: null, expectedAt: null, fault: null };
  onReturn('RecordTracking', sighting, 2 * DAY_MS);
  if (kind === 16 || kind === 17) return { streamId: returnsStream(orderId), events };
  const items = [{ lineId: 'L1', barcode: null, quantity: 1 }];
  onReturn('ReceiveItems', { station: `dock-${n % 3}`, clerk: 'k', scanId: `s-${n}`, trackingNumber, items }, 3 * DAY_MS);
  if (provider === 'simulated') {
    onReturn('SubmitPayout', { refundId, paymentId: 'card' }, 60_000);
    const outcome = kind < 10 ? { kind: 'succeeded', providerRefundId: `pr-${n}` } : { kind: 'declined', code: 'card_closed' };
    const key = state.returns[0].refunds[0].payouts[0].key;
    onReturn('RecordPayoutOutcome', { refundId, paymentId: 'card', key, outcome }, DAY_MS);
  } else if (kind < 10) {
    onReturn('SettleRefund', { refundId, paymentId: 'card', providerRefundId: `pr-${n}` }, 2 * DAY_MS);
  }
  return { streamId: returnsStream(orderId), events };

  function file(document) {
    const line = { lineId: 'L1', quantity: 1, reason, condition: 'opened', noteRef: null, photoRefs: [] };
    const policy = { policyId: 'default', version: 1, document };
    command('FileReturn', { orderId, lines: [line], outcome: 'original_payment', method, policy, carrier: ['builtin', 'post'][n % 2] }, 0);
  }
}

async function fill(folder) {
  const store = EmbeddedEventStore.open(folder);
  const nowMs = Date.now();
  let events = 0;
  for (let from = 0; from < RETURNS; from += 500) {
    const orders = Array.from({ length: Math.min(500, RETURNS - from) }, (_, index) => history(from + index, nowMs));
    await Promise.all(orders.map((each) => store.append(each.streamId, each.events, 'no-stream')));
    events += orders.reduce((sum, each) => sum + each.events.length, 0);
  }
  await store.close();
  return events;
}

const day = (ago) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
const GROUPINGS = ['none', 'day', 'week', 'month', 'warehouse', 'carrier', 'method', 'reason', 'provider', 'currency'];
const latency = (query) => `/v1/finance/refund-latency${query}`;
const range = `from=${day(30)}&to=${day(3)}`;
const asOf = `asOf=${new Date(Date.now() - 9.3 * DAY_MS).toISOString()}`;
const QUERIES = [
  ...GROUPINGS.map((groupBy) => latency(`?groupBy=${groupBy}`)),
  latency(`?groupBy=none&${range}`),
  latency(`?groupBy=reason&${range}`),
  latency(`?groupBy=day&${range}`),
  latency(`?groupBy=day&stage=total&${range}`),
  latency(`?groupBy=week&stage=total&from=${day(84)}`),
  latency('?groupBy=reason&stage=total'),
  latency('?groupBy=reason&warehouse=dock-1'),
  latency('?groupBy=none&reason=too_small'),
  latency('/returns?state=open'),
  latency('/returns?state=completed'),
  latency('/returns?state=completed&groupBy=reason&key=too_small'),
  latency('/returns?state=open&stage=money&groupBy=provider&key=manual'),
  '/v1/finance/liability',
  `/v1/finance/liability?${asOf}`,
  '/v1/finance/liability/days',
  '/v1/finance/liability/payouts',
  `/v1/finance/liability/payouts?${asOf}`,
  '/v1/finance/liability/payouts?bucket=7-14d',
  '/v1/finance/ageing',
  `/v1/finance/ageing?${asOf}`,
  '/v1/finance/refunds',
  '/v1/finance/refunds?state=failed',
  '/v1/finance/refunds?provider=manual',
  '/v1/finance/refunds?returnId=Q-10-R1',
  '/v1/finance/refunds?disputed=true',
  '/v1/returns',
  '/v1/returns?sort=oldest',
  '/v1/returns?status=refunded',
  '/v1/returns?status=in_transit&status=in_review&sort=oldest',
  '/v1/returns?q=Q-77',
  '/v1/returns?q=T78',
  '/v1/returns?sku=SKU-3',
  '/v1/returns?customer=contact-99',
  '/v1/returns?method=drop_off',
  '/v1/returns?method=label&outcome=original_payment',
  '/v1/returns?minAgeSeconds=864000',
  '/v1/returns?needsDecision=true',
  '/v1/returns?refundedAhead=true',
  ...['sku', 'reason', 'category'].map((groupBy) => `/v1/reports/return-rates?groupBy=${groupBy}`),
  '/v1/reports/return-rates?groupBy=sku&basis=return',
  '/v1/reports/return-rates?groupBy=reason&sku=SKU-3',
  '/v1/warehouse/queue',
  '/v1/warehouse/queue?state=in_transit',
  '/v1/warehouse/queue?sku=SKU-3',
  '/v1/warehouse/queue?station=dock-1',
  '/v1/warehouse/queue?problems=true',
  '/v1/warehouse/expected?barcode=T1014',
];

async function measure(path) {
  const times = [];
  const endMs = performance.now() + 1000 * Number(values.seconds);
  for (let asked = 0; asked < 8 || (performance.now() < endMs && asked < 400); asked += 1) {
    const startedMs = performance.now();
    const response = await fetch(service.url + path, { headers: HEADERS });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    if (asked >= 3) times.push(performance.now() - startedMs);
  }
  times.sort((left, right) => left - right);
  const at = (share) => times[Math.ceil(share * times.length) - 1];
  return { path, fastest: times[0], p50: at(0.5), p99: at(0.99), times: times.length };
}

const folder = join(values.folder, `${RETURNS}-${DAYS}`);
if (!existsSync(join(folder, 'log.sqlite'))) {
  const startedMs = performance.now();
  // Whole or not at all: a log that was broken off is not taken for one of so many returns.
  rmSync(`${folder}.part`, { recursive: true, force: true });
  const events = await fill(`${folder}.part`);
  renameSync(`${folder}.part`, folder);
  console.log(`${events} events of ${RETURNS} returns written in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
}
const startedMs = performance.now();
const service = await startService(folder);
try {
  await service.ready();
  console.log(`views right ${((performance.now() - startedMs) / 1000).toFixed(1)} s after the start`);
  const results = [];
  for (const path of QUERIES.filter((each) => each.includes(values.only))) {
    results.push(await measure(path));
    const { fastest, p50, p99, times } = results.at(-1);
    console.log(
      `${fastest.toFixed(1).padStart(8)} ${p50.toFixed(1).padStart(8)} ${p99.toFixed(1).padStart(8)} ms  ${String(times).padStart(4)} ×  ${path}`,
    );
  }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ returns: RETURNS, days: DAYS, queries: results }, null, 1));
} finally {
  await service.stop();
}
