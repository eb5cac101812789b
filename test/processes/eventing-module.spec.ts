import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Module, type OnModuleInit } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { EventingModule } from '../../src/eventing/eventing.module.js';
import { CommandExecutor } from '../../src/eventing/execute-command.js';
import { Processes } from '../../src/eventing/process-runner.js';
import { EventCatalogue } from '../../src/eventing/upcasting.js';
import { Views } from '../../src/eventing/views.js';
import { systemClock } from '../../src/shared/clock.js';
import { readConfig } from '../../src/shared/config.js';
import { CLOCK, CONFIG, EVENT_STORE } from '../../src/shared/tokens.js';
import { AT, context } from '../support/counter-model.js';
import { errandModel, errandProcess, Provider, report } from '../support/errand-process.js';
import { testStore, type TestStore } from '../support/test-store.js';
import { waitFor } from '../support/wait-for.js';

@Module({})
class ErrandsModule implements OnModuleInit {
  readonly provider = new Provider();
  constructor(
    private readonly catalogue: EventCatalogue,
    private readonly processes: Processes,
    private readonly executor: CommandExecutor,
  ) {}

  onModuleInit(): void {
    this.catalogue.register(errandModel);
    this.processes.register(
      errandProcess(({ key, payload }) => report(this.executor, payload.stream, payload.errand, this.provider.call(key))),
    );
  }
}

describe('the machine room as a module', () => {
  let test: TestStore;
  beforeEach(async () => {
    test = await testStore();
  });
  afterEach(() => test.dispose());

  async function serve(role: 'all' | 'api') {
    const shared = {
      module: class Shared {},
      global: true,
      providers: [
        { provide: CONFIG, useValue: { ...readConfig({ DATA_DIR: test.folder }), role } },
        { provide: CLOCK, useValue: systemClock },
        { provide: EVENT_STORE, useValue: test.store },
      ],
      exports: [CONFIG, CLOCK, EVENT_STORE],
    };
    const module = await Test.createTestingModule({ imports: [shared, EventingModule.with(), ErrandsModule] }).compile();
    return module.init();
  }

  it('runs what the modules registered, and ends in good order', async () => {
    const app = await serve('all');
    const executor = app.get(CommandExecutor);
    await executor.execute(errandModel, 'errands-1', { type: 'order', at: AT, errands: [{ errand: 'a' }] }, context());
    await waitFor(
      async () => (await app.get(Processes).status())[0]?.pending === 0 && (await executor.load(errandModel, 'errands-1')).revision === 1,
    );
    expect(app.get(Views).status()).toMatchObject([{ name: 'errands-todos', state: 'live', error: null }]);
    await app.close();
    expect(app.get(ErrandsModule).provider.calls).toEqual(['a']);
  });

  it('leaves the work to the workers where it only serves the API, and still knows how they are doing', async () => {
    const api = await serve('api');
    await api.get(CommandExecutor).execute(errandModel, 'errands-1', { type: 'order', at: AT, errands: [{ errand: 'a' }] }, context());
    const worker = await serve('all');
    await waitFor(async () => (await api.get(CommandExecutor).load(errandModel, 'errands-1')).revision === 1);
    const last = await test.store.head();
    expect(await api.get(Views).waitFor('errands-todos', last, 5000)).toBe(true);
    expect(api.get(Views).status()).toMatchObject([{ position: last, lagSeconds: 0, error: null }]);
    expect(api.get(ErrandsModule).provider.calls).toEqual([]);
    expect((await api.get(Processes).status())[0]).toMatchObject({ state: 'stopped', pending: 0 });
    await worker.close();
    await api.close();
  });
});
