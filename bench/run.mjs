/**
 * What the service costs: commands against a route that does nothing but pass the same pipeline (auth, validation,
 * idempotency header), and what views cost behind them. One run, one machine; compare ratios within a run, rates only say
 * where they come from.
 *
 *   npm run bench [-- --seconds 8 --connections 64 --rounds 3 --returns 100000 --json FILE --profile FOLDER --eventstoredb URL]
 *
 * `--returns` fills the log with so many returns first. `--json` writes the figures to a file. `--profile` writes a CPU
 * profile per route into the folder, for the viewer in a browser's developer tools. `--eventstoredb` keeps the log there.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { load, percentile, single } from './load.mjs';
import { figuresOf, print } from './report.mjs';
import { startService } from './service.mjs';
import { prepare, ROUTES } from './work.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '1' },
    returns: { type: 'string', default: '0' },
    json: { type: 'string' },
    profile: { type: 'string' },
    eventstoredb: { type: 'string' },
  },
});
const [seconds, connections, rounds, returns] = [values.seconds, values.connections, values.rounds, values.returns].map(Number);
/** Every route first runs this long unmeasured: code that is compiled for the first time says nothing about durability. */
const WARM_UP_SECONDS = 2;
const STEADY_PER_SECOND = 500;
/** Orders used at full speed, at a steady rate and by a single client, per order used at full speed. */
const STEADY_AND_ALONE = 1.2;

const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-bench-'));
const env = values.eventstoredb === undefined ? {} : { EVENTSTORE_URL: values.eventstoredb };
let service = await startService(dataDir, env);
try {
  const rows = await main();
  print(rows);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figuresOf(rows), null, 2)}\n`);
} finally {
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function main() {
  if (returns > 0) await service.ask('fill', { returns });
  const next = await prepare(service.call, WARM_UP_SECONDS + rounds * seconds * STEADY_AND_ALONE);
  await service.quiet();
  for (const route of Object.keys(ROUTES)) await load(service.url, { next: next[route], connections, seconds: WARM_UP_SECONDS });
  const measured = [];
  for (let round = 1; round <= rounds; round += 1) {
    const routes = {};
    for (const route of Object.keys(ROUTES)) routes[route] = await underLoad(route, next[route], round);
    measured.push({ routes, lagP99Ms: await lagAtSteadyLoad(next), single: await alone(next), ...(await service.ask('memory')) });
  }
  const sizes = await service.ask('sizes');
  for (const each of measured) Object.assign(each, { sizes, rebuildPerSecond: await rebuild() });
  for (const each of measured) each.readySeconds = await restart();
  return measured;
}

/** One route at full speed. Views' work counts until they have caught up, that of the request thread until the last answer. */
async function underLoad(route, next, round) {
  await service.quiet();
  if (values.profile !== undefined) await service.ask('profile');
  const before = await service.ask('times');
  const { count, ...told } = await load(service.url, { next, connections, seconds });
  const after = await service.ask('times');
  const file = `${route}-${round}.cpuprofile`;
  if (values.profile !== undefined) await service.ask('save', { file: resolve(values.profile, file) });
  const ended = performance.now();
  await service.caughtUp();
  const behind = (performance.now() - ended) / 1000;
  const last = await service.ask('times');
  return {
    ...told,
    busy: (after.requests - before.requests) / count,
    views: last.views === null ? null : (last.views - before.views) / count,
    cpu: (last.cpu - before.cpu) / count,
    behind,
  };
}

/** Scans and filings in turn. */
function mixed({ scan, filing }) {
  let serial = 0;
  return () => ((serial += 1) % 2 === 0 ? scan() : filing());
}

async function lagAtSteadyLoad(next) {
  await service.quiet();
  await service.ask('watchLag');
  await load(service.url, { next: mixed(next), connections: 16, seconds, perSecond: STEADY_PER_SECOND });
  return percentile(await service.ask('lag'), 0.99);
}

async function alone(next) {
  await service.quiet();
  return single(service.url, { next: mixed(next), seconds });
}

/** All views at the same time. @returns events of the log per second */
async function rebuild() {
  await service.quiet();
  const views = await service.ask('views');
  const begun = performance.now();
  await Promise.all(views.map(({ name }) => service.call('POST', `/v1/views/${name}/rebuild`, {})));
  for (let under = true; under; await delay(20)) under = (await service.ask('views')).some(({ state }) => state !== 'live');
  const took = (performance.now() - begun) / 1000;
  return Math.max(...(await service.ask('views')).map(({ eventsApplied }) => eventsApplied)) / took;
}

/** @returns seconds from the start of the process until it says that it is ready */
async function restart() {
  await service.stop();
  const begun = performance.now();
  service = await startService(dataDir, env);
  await service.ready();
  return (performance.now() - begun) / 1000;
}
