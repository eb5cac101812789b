/**
 * What durability costs: receipt scans and filed returns against a route that does nothing but pass the same pipeline
 * (auth, validation, idempotency header). One run, one machine, one process under load at a time; the ratios are the
 * result, the rates only say where they come from.
 *
 *   npm run bench [-- --seconds 10 --connections 64]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '8' }, connections: { type: 'string', default: '64' }, rounds: { type: 'string', default: '1' } } });
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const rounds = Number(values.rounds);
const KEY = 'bench-key-0123456789abcdef0123456789abcdef';
const AIMS = { 'receipt scan': 0.5, 'filing a return': 0.35 };
const LINES_PER_ORDER = 20;
const UNITS_PER_LINE = 50;

const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-bench-'));
const server = fork(new URL('./server.mjs', import.meta.url), { env: { ...process.env, DATA_DIR: dataDir, ADMIN_API_KEY: KEY, PORT: '0', LOG_LEVEL: 'error' } });
try {
  const [{ url }] = await once(server, 'message');
  await main(url);
} finally {
  const gone = once(server, 'exit');
  server.kill('SIGTERM');
  await gone;
  await rm(dataDir, { recursive: true, force: true });
}

async function main(url) {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const call = async (method, path, body) => {
    const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await call('PUT', '/v1/policy', { windowDays: null, inspectionRequired: true, refundTrigger: 'inspected' });
  const scanned = [];
  for (let n = 0; n < 64; n += 1) {
    await register(call, `SCAN-${n}`, UNITS_PER_LINE);
    const lines = Array.from({ length: LINES_PER_ORDER }, (_, line) => ({ lineId: `L${line}`, quantity: UNITS_PER_LINE, reason: 'changed_mind', condition: 'opened' }));
    scanned.push((await call('POST', `/v1/orders/SCAN-${n}/returns`, { lines, outcome: 'original_payment', method: 'label' })).returnId);
  }
  for (let n = 0; n < 256; n += 1) await register(call, `FILE-${n}`, 200);

  let serial = 0;
  const nextKey = () => `bench-${process.pid}-${(serial += 1)}`;
  const work = {
    'no-op': () => ({ path: '/v1/bench/no-op', body: { quantity: 1, note: 'nothing happens' } }),
    'receipt scan': () => {
      const n = (serial += 1);
      const returnId = scanned[n % scanned.length];
      const lineId = `L${Math.floor(n / scanned.length) % LINES_PER_ORDER}`;
      return { path: `/v1/returns/${returnId}/receipts`, body: { scanId: `s-${n}`, station: 'bench', items: [{ lineId, quantity: 1 }] } };
    },
    'filing a return': () => {
      const n = (serial += 1);
      return {
        path: `/v1/orders/FILE-${n % 256}/returns`,
        body: { lines: [{ lineId: `L${Math.floor(n / 256) % LINES_PER_ORDER}`, quantity: 1, reason: 'too_small', condition: 'opened' }], outcome: 'original_payment', method: 'label' },
      };
    },
  };
  const rates = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, next] of Object.entries(work)) (rates[name] ??= []).push(await measure(url, headers, name, next, nextKey));
  }
  report(rates);
}

async function register(call, orderId, quantity) {
  await call('PUT', `/v1/orders/${orderId}`, {
    number: orderId,
    placedAt: new Date().toISOString(),
    currency: 'EUR',
    customer: { name: 'Bench', email: 'bench@example.com' },
    lines: Array.from({ length: LINES_PER_ORDER }, (_, line) => ({ lineId: `L${line}`, sku: `SKU-${line}`, title: `Thing ${line}`, quantity, paid: { netMinor: 1000 * quantity, taxMinor: 190 * quantity } })),
    payments: [{ paymentId: 'p1', provider: 'manual', reference: 'none', method: 'card', capturedMinor: 1190 * quantity * LINES_PER_ORDER }],
  });
}

/** Requests per second that were answered with success; any other answer fails the bench, since refusals are cheap. */
async function measure(url, headers, name, next, nextKey) {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        setupRequest: (request) => {
          const { path, body } = next();
          return { ...request, path, headers: { ...headers, 'idempotency-key': nextKey() }, body: JSON.stringify(body) };
        },
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${name}: ${result.non2xx} refusals, ${result.errors} errors`);
  return { rate: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}

function report(rates) {
  const median = (list) => list.map((each) => each.rate).sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const noop = median(rates['no-op']);
  console.log(`${'route'.padEnd(18)}${'per second'.padStart(12)}${'p50 ms'.padStart(9)}${'p99 ms'.padStart(9)}${'of no-op'.padStart(10)}${'aim'.padStart(8)}`);
  for (const [name, list] of Object.entries(rates)) {
    const ratio = median(list) / noop;
    const aim = AIMS[name];
    console.log(
      `${name.padEnd(18)}${median(list).toFixed(0).padStart(12)}${String(list[0].p50).padStart(9)}${String(list[0].p99).padStart(9)}${`${(ratio * 100).toFixed(0)} %`.padStart(10)}${(aim ? `${aim * 100} %` : '').padStart(8)}`,
    );
  }
}
