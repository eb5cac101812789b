/** Clients: many at full speed, many at a steady rate, and a single one. */
import { Agent, request as send } from 'node:http';
import autocannon from 'autocannon';
import { HEADERS } from './service.mjs';

let keys = 0;
const headersOfNext = () => ({ ...HEADERS, 'idempotency-key': `bench-${(keys += 1)}` });

/**
 * POSTs what `next` gives, over `connections` for `seconds`; `perSecond`: no more than that, all together.
 * Any answer but success fails the bench, since refusals are cheap.
 * @returns number of answers, rate per second, and latencies in ms
 */
export async function load(url, { next, connections, seconds, perSecond }) {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    ...(perSecond === undefined ? {} : { overallRate: perSecond }),
    requests: [
      {
        method: 'POST',
        setupRequest: (request) => {
          const { path, body } = next();
          return { ...request, path, headers: headersOfNext(), body: JSON.stringify(body) };
        },
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`);
  return { count: result['2xx'], rate: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}

/** One client that waits for every answer. @returns latencies in ms */
export async function single(url, { next, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    const { path, body } = next();
    const text = JSON.stringify(body);
    const headers = { ...headersOfNext(), 'content-length': Buffer.byteLength(text) };
    const begun = performance.now();
    await new Promise((resolve, reject) => {
      send(url + path, { method: 'POST', agent, headers }, (response) => {
        if (response.statusCode >= 300) reject(new Error(`${path}: ${response.statusCode}`));
        response.resume().once('end', resolve);
      })
        .once('error', reject)
        .end(text);
    });
    times.push(performance.now() - begun);
  }
  agent.destroy();
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

export const percentile = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
