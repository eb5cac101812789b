/** The built service with one route more: `POST /v1/bench/no-op`, the same pipeline as any command and then nothing. */
import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { dirname } from 'node:path';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { Allow } from '../dist/access/access.js';
import { createApp } from '../dist/app.js';
import { answered } from '../dist/http/answer.js';
import { Caller } from '../dist/http/caller.js';
import { Text, Whole } from '../dist/http/fields.js';
import { readConfig } from '../dist/shared/config.js';

// Decorators applied by hand: this file is run as it is.
class NoOpBody {}
Whole({ min: 1 })(NoOpBody.prototype, 'quantity');
Text({ optional: true })(NoOpBody.prototype, 'note');

class NoOpController {
  noOp(_body, caller) {
    const context = caller.context('bench');
    return answered({ revision: 0, position: null, replayed: false }, { commandId: context.commandId });
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
const app = await createApp(config, { imports: [BenchModule] });
await app.listen(config.port, '127.0.0.1');
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
const session = new Session();
session.connect();
let watched = performance.eventLoopUtilization();
const tasks = {
  /** How busy the event loop was since the last time, 0 to 1. */
  watch() {
    const before = watched;
    watched = performance.eventLoopUtilization();
    return { utilization: performance.eventLoopUtilization(watched, before).utilization };
  },
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
process.on('message', async (message) => process.send((await tasks[message.do](message)) ?? {}));
process.send({ url: await app.getUrl() });
