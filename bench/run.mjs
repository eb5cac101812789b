/**
 * What durability costs: receipt scans and filed returns against a route that does nothing but pass the same pipeline
 * (auth, validation, idempotency header). One run, one machine, one process under load at a time; the ratios are the
 * result, the rates only say where they come from.
 *
 *   npm run bench [-- --seconds 10 --connections 64 --rounds 3 --profile some/folder]
 *
 * `--profile` writes a CPU profile per route into the folder, for the viewer in a browser's developer tools.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '1' },
    profile: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const rounds = Number(values.rounds);
const KEY = 'bench-key-0123456789abcdef0123456789abcdef';
const AIMS = { 'receipt scan': 0.5, 'filing a return': 0.35 };
/** An order as shops have them. */
const LINES = ['1', '2', '3'];
const UNITS_PER_LINE = 4;
const UNITS_PER_ORDER = LINES.length * UNITS_PER_LINE;
/** Work prepared per second of measuring. */
const MOST_PER_SECOND = 5000;
/** Every route first runs this long unmeasured: code that is compiled for the first time says nothing about durability. */
const WARM_UP_SECONDS = 2;

/** Node's options of `npm start`, so that what is measured is what is run. */
const { scripts } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const execArgv = scripts.start.split(' ').filter((word) => word.startsWith('--'));

const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-bench-'));
const server = fork(new URL('./server.mjs', import.meta.url), {
  execArgv,
  env: { ...process.env, DATA_DIR: dataDir, ADMIN_API_KEY: KEY, PORT: '0', LOG_LEVEL: 'error' },
});
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
  const call = async (method, path, body, type = 'application/json') => {
    const response = await fetch(url + path, {
      method,
      headers: { ...headers, 'content-type': type },
      body: body && (typeof body === 'string' ? body : JSON.stringify(body)),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  };
  // Refunds wait for inspection, so a scan is a scan and no payout runs beside it.
  await call('PUT', '/v1/policy', { windowDays: null, inspectionRequired: true, refundTrigger: 'inspected' });
  const total = seconds * rounds + WARM_UP_SECONDS;
  const scanOrders = Math.ceil((total * MOST_PER_SECOND) / UNITS_PER_ORDER);
  const fileOrders = Math.ceil((total * MOST_PER_SECOND) / UNITS_PER_ORDER);
  const ids = (prefix, count) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
  const orders = [...ids('SCAN', scanOrders), ...ids('FILE', fileOrders)];
  await call('POST', '/v1/orders/import', orders.map((orderId) => JSON.stringify(order(orderId))).join('\n'), 'application/x-ndjson');
  const whole = LINES.map((lineId) => ({ lineId, quantity: UNITS_PER_LINE, reason: 'changed_mind', condition: 'opened' }));
  const waiting = ids('SCAN', scanOrders);
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
        await call('POST', `/v1/orders/${id}/returns`, { lines: whole, outcome: 'original_payment', method: 'own_shipping' });
    }),
  );

  const serials = new Map();
  const next = (what, most) => {
    const serial = serials.get(what) ?? 0;
    if (serial >= most) throw new Error(`The bench prepared too little for "${what}"; raise MOST_PER_SECOND`);
    serials.set(what, serial + 1);
    return serial;
  };
  const work = {
    'no-op': () => ({ path: '/v1/bench/no-op', body: { quantity: 1, note: 'nothing happens' } }),
    'receipt scan': () => {
      const serial = next('scan', scanOrders * UNITS_PER_ORDER);
      const lineId = LINES[Math.floor(serial / scanOrders) % LINES.length];
      return {
        path: `/v1/returns/SCAN-${serial % scanOrders}-R1/receipts`,
        body: { scanId: `s-${serial}`, station: 'bench', items: [{ lineId, quantity: 1 }] },
      };
    },
    'filing a return': () => {
      const serial = next('file', fileOrders * UNITS_PER_ORDER);
      const lineId = LINES[Math.floor(serial / fileOrders) % LINES.length];
      return {
        path: `/v1/orders/FILE-${serial % fileOrders}/returns`,
        body: {
          lines: [{ lineId, quantity: 1, reason: 'too_small', condition: 'opened' }],
          outcome: 'original_payment',
          method: 'own_shipping',
        },
      };
    },
  };
  const rates = {};
  for (const [name, request] of Object.entries(work))
    await measure(url, headers, WARM_UP_SECONDS, name, request, () => `warm-${next('key', Infinity)}`);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, request] of Object.entries(work)) {
      await quiet(call);
      await profile('profile');
      const result = await measure(url, headers, seconds, name, request, () => `bench-${next('key', Infinity)}`);
      await profile('save', `${name.replaceAll(' ', '-')}-${round + 1}.cpuprofile`);
      const ended = performance.now();
      await caughtUp(call);
      (rates[name] ??= []).push({ ...result, behind: (performance.now() - ended) / 1000 });
    }
  }
  report(rates);
}

/** Until views and processes have caught up and the server has nothing left to tidy: nobody's work is measured with somebody else's. */
async function quiet(call) {
  for (let idle = false; !idle;) {
    await caughtUp(call);
    await ask({ do: 'watch' });
    await delay(500);
    idle = (await ask({ do: 'watch' })).utilization < 0.1;
  }
}

async function caughtUp(call) {
  for (;;) {
    const { views, processes } = JSON.parse(await call('GET', '/health/ready'));
    if (views.every((view) => view.lagSeconds === 0) && processes.every((each) => each.due === 0)) return;
    await delay(50);
  }
}

/** Something that is not the service's business, of the server's process. */
async function ask(message) {
  server.send(message);
  const [answer] = await once(server, 'message');
  return answer;
}

/** Starts or ends the server's own CPU profiler, where asked for. */
async function profile(action, file) {
  if (values.profile !== undefined) await ask({ do: action, file: file && resolve(values.profile, file) });
}

function order(orderId) {
  const paid = { netMinor: 1000 * UNITS_PER_LINE, taxMinor: 190 * UNITS_PER_LINE };
  return {
    orderId,
    number: orderId,
    placedAt: new Date().toISOString(),
    currency: 'EUR',
    customer: { name: 'Bench', email: 'bench@example.com' },
    lines: LINES.map((lineId) => ({ lineId, sku: `SKU-${lineId}`, title: `Thing ${lineId}`, quantity: UNITS_PER_LINE, paid })),
    payments: [{ paymentId: 'p1', provider: 'manual', reference: 'none', method: 'card', capturedMinor: 1190 * UNITS_PER_ORDER }],
  };
}

/** Requests per second that were answered with success; any other answer fails the bench, since refusals are cheap. */
async function measure(url, headers, duration, name, next, nextKey) {
  const result = await autocannon({
    url,
    connections,
    duration,
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

/** `behind`: how long views and processes needed after the last answer until nothing was left to do. */
function report(rates) {
  const median = (list, of) => list.map((each) => each[of]).sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const line = (...cells) =>
    console.log(cells.map((cell, index) => (index === 0 ? String(cell).padEnd(18) : String(cell).padStart(11))).join(''));
  // Compared round by round: a shared machine is faster in one minute than in the next.
  for (const list of Object.values(rates)) list.forEach((each, round) => (each.ratio = each.rate / rates['no-op'][round].rate));
  line('route', 'per second', 'p50 ms', 'p99 ms', 'behind s', 'of no-op', 'aim');
  for (const [name, list] of Object.entries(rates)) {
    const aim = AIMS[name];
    line(
      name,
      median(list, 'rate').toFixed(0),
      median(list, 'p50'),
      median(list, 'p99'),
      median(list, 'behind').toFixed(1),
      `${(median(list, 'ratio') * 100).toFixed(0)} %`,
      aim ? `${aim * 100} %` : '',
    );
  }
}
