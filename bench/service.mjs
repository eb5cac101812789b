/** The service under load, as the bench's child: started as `npm start` starts it, called as clients call it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const KEY = 'bench-key-0123456789abcdef0123456789abcdef';
export const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

/** Calls a route and gives the answer's body, parsed where it is JSON. @throws Error the answer is no success */
export const caller =
  (url) =>
  async (method, path, body, type = 'application/json') => {
    const response = await fetch(url + path, {
      method,
      headers: { ...HEADERS, 'content-type': type },
      body: body && (typeof body === 'string' ? body : JSON.stringify(body)),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text;
  };

/** @param env what the service is told beside its data folder */
export async function startService(dataDir, env = {}) {
  const { scripts } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  const server = fork(new URL('./server.mjs', import.meta.url), {
    // Node's options of `npm start`, so that what is measured is what is run.
    execArgv: scripts.start.split(' ').filter((word) => word.startsWith('--')),
    env: { ...process.env, DATA_DIR: dataDir, ADMIN_API_KEY: KEY, PORT: '0', LOG_LEVEL: 'error', ...env },
  });
  const ended = once(server, 'exit').then(([code]) => [{ error: `The service has ended (${code})` }]);
  const answer = async () => {
    const [{ answer: told, error }] = await Promise.race([once(server, 'message'), ended]);
    if (error !== undefined) throw new Error(error);
    return told;
  };
  const url = await answer();
  return new Service(server, url, answer);
}

class Service {
  constructor(server, url, answer) {
    this.server = server;
    this.url = url;
    this.call = caller(url);
    this.answer = answer;
  }

  /** What the service's process does or knows beside its business; see the tasks in `server.mjs`. */
  ask(task, more = {}) {
    this.server.send({ do: task, ...more });
    return this.answer();
  }

  async ready() {
    while (!(await fetch(`${this.url}/health/ready`)).ok) await delay(5);
  }

  async caughtUp() {
    for (;;) {
      // Far behind, it answers that it is not ready, and how far.
      const { views, processes } = await (await fetch(`${this.url}/health/ready`)).json();
      if (views.every((view) => view.lagSeconds === 0) && processes.every((each) => each.due === 0)) return;
      await delay(20);
    }
  }

  /** Until nothing is left to do or to tidy: nobody's work is measured with somebody else's. */
  async quiet() {
    for (let idle = false; !idle;) {
      await this.caughtUp();
      const before = await this.ask('times');
      await delay(500);
      const { requests, now } = await this.ask('times');
      idle = (requests - before.requests) / (now - before.now) < 0.1;
    }
  }

  async stop() {
    const gone = once(this.server, 'exit');
    this.server.kill('SIGTERM');
    await gone;
  }
}
