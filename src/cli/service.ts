/** Where a command works: on a running service by URL and key, or on the data folder itself, opened for as long as it takes. */
import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../app.js';
import type { Overrides } from '../app.module.js';
import type { EventStore } from '../eventing/event-store.js';
import { EventingModule } from '../eventing/eventing.module.js';
import { readConfig, type Config } from '../shared/config.js';
import { EVENT_STORE } from '../shared/tokens.js';
import { ApiClient } from './api-client.js';

export type ServiceOptions = { readonly url?: string; readonly key?: string };

/**
 * Runs `work` against the service at `url`, or starts one on DATA_DIR for it, reachable from this machine only and with
 * a key that nobody else has.
 */
export async function withService<Result>(options: ServiceOptions, work: (api: ApiClient) => Promise<Result>): Promise<Result> {
  const running = runningService(options);
  if (running !== undefined) return work(running);
  const key = randomBytes(32).toString('base64url');
  return withApp({ adminApiKey: key }, async (app) => {
    await app.listen(0, '127.0.0.1');
    return work(new ApiClient(await app.getUrl(), key));
  });
}

/** The service that `--url` names. @throws Error for no address, or without a key for it */
export function runningService({ url, key }: ServiceOptions): ApiClient | undefined {
  if (url === undefined) return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error(`--url must be like http://localhost:3000, not "${url}".`);
  if (key === undefined) throw new Error('--url needs --key (or BACKHAUL_KEY in the environment).');
  return new ApiClient(url, key);
}

/** Opens the service on DATA_DIR without listening, and closes it in good order, also on Ctrl-C. @throws StoreUnavailableError the log cannot be reached */
export async function withApp<Result>(
  changes: Partial<Config>,
  work: (app: NestFastifyApplication) => Promise<Result>,
  overrides: Overrides = {},
): Promise<Result> {
  Logger.overrideLogger(['warn', 'error', 'fatal']);
  const config = readConfig(process.env);
  const app = await createApp({ ...config, logLevel: config.logLevel === 'info' ? 'warn' : config.logLevel, ...changes }, overrides);
  const stop = (): void => {
    void app.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    // A command does not wait for a log that cannot be reached.
    await app.get<EventStore>(EVENT_STORE).identity();
    await app.get(EventingModule).started;
    return await work(app);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await app.close();
  }
}
