/**
 * The same filing by us and by Emmett (Express, class-validator; its SQLite and its PostgreSQL store), in turn in one run.
 *
 *   npm --prefix bench/peers ci && npm run build:service && node bench/peers/run.mjs [--seconds 8 --connections 64 --rounds 3]
 *
 * Equal: what is validated, that the order exists, its window and its units left are looked at, one append at the version
 * read, durable when it is answered, JSON back. Different: ours also recognises repeated commands, keeps policies and
 * digests, answers in words, and feeds its views meanwhile; the peers feed none.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from '../load.mjs';
import { LINES, order, pieceOf, UNITS_PER_LINE, UNITS_PER_ORDER } from '../orders.mjs';
import { HEADERS, startService } from '../service.mjs';
import { prepare } from '../work.mjs';
import { startPostgres } from './postgres.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '3' },
  },
});
const [seconds, connections, rounds] = [values.seconds, values.connections, values.rounds].map(Number);
const WARM_UP_SECONDS = 2;
/** Filings prepared for a peer per second. */
const PEER_PER_SECOND = 1500;
const CLIENTS = 32;

const folder = await mkdtemp(join(tmpdir(), 'backhaul-peers-'));
const postgres = startPostgres(folder, await freePort());
const children = [];
const service = await startService(join(folder, 'ours'));
try {
  const { filing } = await prepare(service.call, WARM_UP_SECONDS + seconds * rounds);
  const arms = [{ name: 'Backhaul', url: service.url, next: filing }, await peer('Emmett SQLite', join(folder, 'emmett.sqlite'))];
  if (postgres === undefined) console.log('PostgreSQL is not installed: Emmett is measured on SQLite alone.');
  else arms.push(await peer('Emmett PostgreSQL', postgres.url));
  await measure(arms);
} finally {
  for (const child of children) child.disconnect();
  await Promise.all([service.stop(), ...children.map((child) => once(child, 'exit'))]);
  postgres?.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(arms) {
  for (const { url, next } of arms) await load(url, { next, connections, seconds: WARM_UP_SECONDS });
  const results = new Map(arms.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, url, next } of arms) {
      await service.quiet();
      results.get(name).push(await load(url, { next, connections, seconds }));
    }
  }
  const [ours] = results.values();
  console.log(['filing a return'.padEnd(20), 'per second', 'p50 ms', 'p99 ms', 'ours is ×'].join('\t'));
  for (const [name, list] of results) {
    const figures = ['rate', 'p50', 'p99'].map((figure) => told(list.map((each) => each[figure])));
    console.log(
      [
        name.padEnd(20),
        ...figures,
        told(
          list.map(({ rate }, round) => ours[round].rate / rate),
          1,
        ),
      ].join('\t'),
    );
  }
}

/** Median and range. */
function told(list, digits = 0) {
  const sorted = [...list].sort((a, b) => a - b).map((value) => value.toFixed(digits));
  return `${sorted[Math.floor(sorted.length / 2)]} (${sorted[0]}–${sorted.at(-1)})`;
}

/** Starts a peer and registers its orders. */
async function peer(name, store) {
  const env = { ...process.env, STORE: store, API_KEY: HEADERS.authorization.replace('Bearer ', '') };
  const child = fork(new URL('./server.mjs', import.meta.url), { env });
  children.push(child);
  const [{ answer: url }] = await once(child, 'message');
  const count = Math.ceil(((WARM_UP_SECONDS + seconds * rounds) * PEER_PER_SECOND) / UNITS_PER_ORDER);
  const waiting = Array.from({ length: count }, (_, index) => `PEER-${index}`);
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const answer = await fetch(`${url}/orders/${id}`, { method: 'PUT', headers: HEADERS, body: JSON.stringify(order(id)) });
        if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
        await answer.arrayBuffer();
      }
    }),
  );
  let serial = -1;
  const next = () => {
    serial += 1;
    const lineId = LINES[Math.floor(serial / count / UNITS_PER_LINE)];
    if (lineId === undefined) throw new Error(`Too little was prepared for ${name}; raise PEER_PER_SECOND`);
    return { path: `/orders/PEER-${serial % count}/returns`, body: pieceOf(lineId) };
  };
  return { name, url, next };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
