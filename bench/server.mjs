/**
 * The built service with one route more: `POST /v1/bench/no-op`, the same pipeline as any command and then nothing. It
 * also tells its parent what only the process itself knows: how busy its threads are, what it holds, how far views are.
 */
import 'reflect-metadata';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { dirname, join } from 'node:path';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { Allow } from '../dist/access/access.js';
import { createApp } from '../dist/app.js';
import { openSqlite } from '../dist/eventing/sql/sqlite.js';
import { Views } from '../dist/eventing/views.js';
import { Answer } from '../dist/http/answer.js';
import { Caller } from '../dist/http/caller.js';
import { Text, Whole } from '../dist/http/fields.js';
import { readConfig } from '../dist/shared/config.js';
import { EVENT_STORE } from '../dist/shared/tokens.js';
import { fill } from './fill.mjs';
import { watchLag } from './lag.mjs';
import { caller } from './service.mjs';

// Decorators applied by hand: this file is run as it is.
class NoOpBody {}
Whole({ min: 1 })(NoOpBody.prototype, 'quantity');
Text({ optional: true })(NoOpBody.prototype, 'note');

class NoOpController {
  noOp(_body, caller) {
    const context = caller.context('bench');
    return new Answer({ revision: 0, position: null, replayed: false }, { commandId: context.commandId });
  }
}
const method = Object.getOwnPropertyDescriptor(NoOpController.prototype, 'noOp');
Body()(NoOpController.prototype, 'noOp', 0);
Caller()(NoOpController.prototype, 'noOp', 1);
Reflect.defineMetadata('design:paramtypes', [NoOpBody, Object], NoOpController.prototype, 'noOp');
Post('no-op')(NoOpController.prototype, 'noOp', method);
HttpCode(200)(NoOpController.prototype, 'noOp', method);
Allow('warehouse')(NoOpController.prototype, 'noOp', method);
Controller('/v1/bench')(NoOpController);

class BenchModule {}
Module({ controllers: [NoOpController] })(BenchModule);

const config = readConfig(process.env);
const app = await createApp(config, { imports: [BenchModule], viewWorker: new URL('../dist/views.worker.js', import.meta.url) });
await app.listen(config.port, '127.0.0.1');
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
// Whoever measured has gone.
process.on('disconnect', () => process.exit(1));
const url = await app.getUrl();
const store = app.get(EVENT_STORE);
const views = app.get(Views);
const session = new Session();
session.connect();
let lag;

/** Bytes in use in a database of the data folder, without what a rebuild has left free; null when it is elsewhere. */
function bytesOf(name) {
  const file = join(config.dataDir, name);
  if (!statSync(file, { throwIfNoEntry: false })) return null;
  const database = openSqlite(file, { readOnly: true });
  const number = (pragma) => Number(Object.values(database.prepare(`pragma ${pragma}`).get())[0]);
  const bytes = (number('page_count') - number('freelist_count')) * number('page_size');
  database.close();
  return bytes;
}

const tasks = {
  /** Milliseconds since the start: what the request thread and that of the views were busy, and what all threads computed. */
  times() {
    const { user, system } = process.cpuUsage();
    return {
      now: performance.now(),
      requests: performance.eventLoopUtilization().active,
      views: views.thread?.performance.eventLoopUtilization().active ?? null,
      cpu: (user + system) / 1000,
    };
  },
  views: () => views.status(),
  memory: () => ({ residentMb: process.memoryUsage.rss() / 1024 / 1024 }),
  sizes: () => ({ log: bytesOf('log.sqlite'), views: bytesOf('views.sqlite') }),
  watchLag() {
    lag = watchLag(store, views);
  },
  lag: () => lag.end(),
  fill: ({ returns }) => fill({ call: caller(url), store, returns }),
  async profile() {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
  },
  async save({ file }) {
    const { profile } = await session.post('Profiler.stop');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(profile));
  },
};
process.on('message', async (message) => {
  try {
    process.send({ answer: (await tasks[message.do](message)) ?? null });
  } catch (error) {
    process.send({ error: String(error.stack) });
  }
});
process.send({ answer: url });
