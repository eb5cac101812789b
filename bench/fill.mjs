/** Fills a log with returns that have been through the service: a few are made by its own commands, the others are their copies. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { LINES, order, POLICY, UNITS_PER_LINE, wholeOf } from './orders.mjs';

/** Appended at the same time, so that they share commits. */
const TOGETHER = 500;
/** Over so many days before today the returns are spread. */
const DAYS = 180;
const DAY_MS = 86_400_000;

/** What becomes of the returns, in turn: half of them are refunded, the others wait at a desk or never arrive. */
const LIVES = [
  (at) => at.file().then(at.receive).then(at.inspect).then(at.dispose).then(at.refunded),
  (at) => at.file(),
  (at) => at.file().then(at.receive).then(at.inspect).then(at.dispose).then(at.refunded),
  (at) => at.file().then(at.receive),
];

/**
 * Appends `returns` returns, one an order (`OLD-0`, `OLD-1` …).
 * @param call (method, path, body) → the answer's body, of the running service
 * @param store its log
 */
export async function fill({ call, store, returns }) {
  await call('PUT', '/v1/policy', POLICY);
  const lives = [];
  for (const [index, live] of LIVES.entries()) lives.push(await record(call, store, `LIFE-${index}`, live));
  for (let first = 0; first < returns; first += TOGETHER) {
    const serials = Array.from({ length: Math.min(TOGETHER, returns - first) }, (_, index) => first + index);
    await Promise.all(
      serials.map((serial) => {
        const { streamId, events } = copy(lives[serial % lives.length], serial, returns);
        return store.append(streamId, events, 'no-stream');
      }),
    );
  }
}

/** Leads one order through a life. @returns its stream as text, in which copying replaces what is its own */
async function record(call, store, orderId, live) {
  const path = `/v1/returns/${orderId}-R1`;
  const each = LINES.map((lineId) => ({ lineId, quantity: UNITS_PER_LINE }));
  const items = (more) => ({ station: 'bench', items: each.map((item) => ({ ...item, ...more })) });
  await call('POST', '/v1/orders/import', JSON.stringify(order(orderId, 'simulated')), 'application/x-ndjson');
  await live({
    file: () => call('POST', `/v1/orders/${orderId}/returns`, wholeOf('own_shipping')),
    receive: () => call('POST', `${path}/receipts`, { scanId: `${orderId}-s`, ...items() }),
    inspect: () => call('POST', `${path}/inspections`, items({ grade: 'A' })),
    dispose: () => call('POST', `${path}/dispositions`, items({ disposition: 'recycle' })),
    refunded: async () => {
      while ((await call('GET', path)).money.refundedMinor === 0) await delay(20);
    },
  });
  const events = await store.readStream(`returns-${orderId}`);
  return { orderId, text: JSON.stringify(events.map(({ type, data, metadata }) => ({ type, data, metadata }))) };
}

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

function copy(life, serial, returns) {
  const orderId = `OLD-${serial}`;
  const earlier = Math.floor((1 - serial / returns) * DAYS * DAY_MS);
  const text = life.text
    .replaceAll(life.orderId, orderId)
    .replace(INSTANT, (instant) => new Date(Date.parse(instant) - earlier).toISOString());
  return { streamId: `returns-${orderId}`, events: JSON.parse(text).map((event) => ({ id: randomUUID(), ...event })) };
}
