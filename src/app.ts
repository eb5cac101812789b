/** The service as an object: what `main.ts` listens with and what tests call. */
import { ConsoleLogger, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, type Overrides } from './app.module.js';
import { Metrics } from './http/metrics.js';
import { ApiDescription } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { FieldsPipe } from './http/reading.js';
import { fastifyAdapter, prepareServer } from './http/server.js';
import type { Config, LogLevel } from './shared/config.js';
import { prepareDataFolder } from './shared/data-folder.js';

const LEVELS: Readonly<Record<LogLevel, ('debug' | 'log' | 'warn' | 'error' | 'fatal')[]>> = {
  debug: ['debug', 'log', 'warn', 'error', 'fatal'],
  info: ['log', 'warn', 'error', 'fatal'],
  warn: ['warn', 'error', 'fatal'],
  error: ['error', 'fatal'],
};

/** What Nest tells about its own wiring; worth a line each only to somebody who looks for it. */
const WIRING: ReadonlySet<unknown> = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

class ServiceLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!WIRING.has(rest.at(-1)) || this.isLevelEnabled('debug')) super.log(message, ...rest);
  }

  /** What stops the start is thrown to whoever started, who tells it in words. */
  override error(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) !== 'ExceptionHandler') super.error(message, ...rest);
  }
}

const loggerOf = ({ environment, logLevel }: Config): LoggerService =>
  new ServiceLogger({ json: environment === 'production', colors: process.stdout.isTTY, logLevels: LEVELS[logLevel] });

/**
 * Opens the stores, wires the modules and starts views and processes; it listens when asked to (`app.listen`).
 * `app.close()` stops accepting, finishes what is under way and closes the stores.
 * @throws RouteWithoutPolicyError a route says nothing about who may call it
 * @throws TwoHandlersError two handlers claim one command
 * @throws DataFolderError, DataFolderLockedError it cannot be used, or another process uses it
 * @throws StoreUnavailableError a file in it cannot be used
 */
export async function createApp(
  config: Config,
  overrides: Overrides & { readonly logger?: LoggerService } = {},
): Promise<NestFastifyApplication> {
  const warning = prepareDataFolder(config.dataDir);
  // Not through the logger, which the commands whose output is data share with it.
  if (warning !== undefined) process.stderr.write(`${warning}\n`);
  const adapter = fastifyAdapter(config.trustedProxies);
  const routes = prepareServer(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, overrides), adapter, {
    logger: overrides.logger ?? loggerOf(config),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalPipes(new FieldsPipe());
  app.useGlobalFilters(new ProblemFilter(routes.methodsAt));
  if (config.corsOrigins.length > 0) {
    app.enableCors({
      origin: [...config.corsOrigins],
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'X-Min-Position', 'Last-Event-ID'],
      exposedHeaders: ['ETag', 'X-Position', 'Idempotency-Replayed', 'Location', 'Retry-After'],
      maxAge: 3600,
    });
  }
  app.get(Metrics).observe(adapter.getInstance());
  app.get(ApiDescription).of(app);
  try {
    await app.init();
    await adapter.getInstance().ready();
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}
