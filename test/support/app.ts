/** The whole service in this process, on a free port and a data folder of its own, for tests that call it over HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app.js';
import type { Overrides } from '../../src/app.module.js';
import type { EventStore } from '../../src/eventing/event-store.js';
import { Views } from '../../src/eventing/views.js';
import { readConfig } from '../../src/shared/config.js';
import { EVENT_STORE } from '../../src/shared/tokens.js';

export const ADMIN_KEY = 'bh_test_0123456789abcdef0123456789abcdef0123456789';
/** How long the server keeps a connection that asks nothing: a stop that waits for one takes that long. */
export const IDLE_CONNECTIONS_STAY_MS = 72_000;

/** JSON as it came: any member may be asked for, one that is not there is undefined. */
export interface Body {
  readonly [name: string]: Body;
}

export type Answer<Json = Body> = {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON; name the type where the test does more than compare. */
  readonly body: Json;
  readonly text: string;
};
export type Call = <Json = Body>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer<Json>>;
export type TestApp = {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly dataDir: string;
  /** With the admin key. */
  readonly call: Call;
  /** With another bearer token; null = without credentials. */
  readonly as: (token: string | null) => Call;
  /** A new API key of this role. */
  readonly keyFor: (role: string) => Promise<string>;
  /** Until every view has reached what has been recorded by now: what a page is to show when it is opened. */
  readonly caughtUp: () => Promise<void>;
  /** Stops the service; the data folder goes too unless it was given. */
  readonly close: () => Promise<void>;
};

/** @param env settings beside the usual ones, e.g. `DATA_DIR` to start again on the same data */
export async function startApp(overrides: Overrides = {}, env: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  const dataDir = env['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'backhaul-app-')));
  const config = readConfig({ ADMIN_API_KEY: ADMIN_KEY, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'error', ...env, DATA_DIR: dataDir });
  const remove = async (): Promise<void> => {
    if (env['DATA_DIR'] === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  const app = await createApp(config, overrides).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const as = (token: string | null): Call => callWith(url, token === null ? {} : { authorization: `Bearer ${token}` });
  const call = as(ADMIN_KEY);
  return {
    app,
    url,
    dataDir,
    call,
    as,
    keyFor: async (role) => {
      const { body } = await call<{ key: string }>('POST', '/v1/api-keys', { role, label: `test ${role}` });
      return body.key;
    },
    caughtUp: async () => {
      const [views, head] = [app.get(Views), await app.get<EventStore>(EVENT_STORE).head()];
      for (const { name } of views.status()) {
        if (!(await views.waitFor(name, head, 30_000))) throw new Error(`The view ${name} has not reached ${head}`);
      }
    },
    close: async () => {
      await app.close();
      await remove();
    },
  };
}

/** Strings and bytes are sent as they are, anything else as JSON. */
function callWith(url: string, credentials: Readonly<Record<string, string>>): Call {
  return async <Json>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Json>> => {
    const response = await fetch(url + path, {
      method,
      headers: { ...credentials, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: bytesOf(body) }),
      redirect: 'manual',
    });
    const text = await response.text();
    const json = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: (json && text !== '' ? JSON.parse(text) : {}) as Json };
  };
}

const bytesOf = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
