/** Starts the service, says where it is, and stops it in good order. */
import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiKeys } from './access/api-keys.js';
import { createApp } from './app.js';
import { EventingModule } from './eventing/eventing.module.js';
import { storeFaultOf } from './eventing/store-faults.js';
import { ConfigError, readConfig, type Config } from './shared/config.js';
import { keepToOurselves } from './shared/data-folder.js';

/** Where people go. */
const PAGES = [
  ['Customer portal', '/'],
  ['Scan station', '/warehouse'],
  ['Finance', '/finance'],
  ['Operations', '/admin'],
  ['Documentation', '/docs'],
] as const;

/** Stopping takes at most this long; whoever started us usually waits ten seconds before killing. */
const STOP_WITHIN_MS = 9500;

async function start(): Promise<void> {
  keepToOurselves();
  const config = readConfig(process.env);
  const app = await createApp(config, { viewWorker: new URL('./views.worker.js', import.meta.url) });
  stopOnSignal(app);
  await app.listen(config.port, config.host);
  announce(app, config);
  await app.get(EventingModule).started;
}

function announce(app: NestFastifyApplication, config: Config): void {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  const host = ['0.0.0.0', '::'].includes(config.host) ? 'localhost' : config.host;
  const url = config.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  console.log(`Backhaul listens on ${url}`);
  for (const [what, path] of PAGES) console.log(`${`${what}:`.padEnd(20)}${url}${path}`);
  const secret = app.get(ApiKeys).createFirstAdminKey();
  if (secret !== undefined) console.log(`Admin API key:      ${secret}   (shown this once; it is stored hashed)`);
}

/** First signal: finish what is under way and leave with 0. Second signal: leave now. */
function stopOnSignal(app: NestFastifyApplication): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    console.log(`${signal}: finishing what is under way`);
    setTimeout(() => {
      console.error('Not everything could be finished in time; nothing acknowledged is lost');
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('Stopping failed:', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

const OPERATORS_ERRORS: ReadonlySet<string> = new Set([
  'DataFolderError',
  'DataFolderLockedError',
  'LogDamagedError',
  'LogMismatchError',
  'StoreUnavailableError',
]);

/** What the operator can mend is said in words; anything else with where it happened. */
function inWords(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof ConfigError || OPERATORS_ERRORS.has(error.name)) return error.message;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE' || (code === 'EACCES' && 'address' in error))
    return `The address cannot be listened on (${error.message}). Choose another with PORT and HOST.`;
  return storeFaultOf(error)?.message ?? error;
}

start().catch((error: unknown) => {
  console.error(inWords(error));
  process.exit(1);
});
