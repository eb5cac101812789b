/**
 * Wires the machine room: commands, views and processes of all modules. A module registers what it has in its
 * `onModuleInit`: `EventCatalogue.register(model)`, `ReadModels.register(projection)`, `Processes.register(process)`.
 * The composition root provides CONFIG, CLOCK and EVENT_STORE to everybody, and closes the store.
 */
import { join } from 'node:path';
import {
  Inject,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { CLOCK, CONFIG, EVENT_STORE } from '../shared/tokens.js';
import type { EventStore } from './event-store.js';
import { CommandExecutor } from './execute-command.js';
import { Processes } from './process-runner.js';
import { ReadModels } from './read-models.js';
import { openDatabase, type Database } from './sql/database.js';
import { lockDataFolder, type DataFolderLock } from './stores/data-folder-lock.js';
import { EventCatalogue } from './upcasting.js';

/** The {@link Database} of the views. */
const VIEW_DATABASE = Symbol('VIEW_DATABASE');

/** What is under way gets this long to finish when the service stops; the rest is done after the next start. */
const DRAIN_MS = 5000;

const plainExecutor: Provider<CommandExecutor> = {
  provide: CommandExecutor,
  inject: [EVENT_STORE],
  useFactory: (store: EventStore) => new CommandExecutor(store),
};

@Module({})
export class EventingModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  #lock: DataFolderLock | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(VIEW_DATABASE) private readonly database: Database,
    private readonly readModels: ReadModels,
    private readonly processes: Processes,
  ) {}

  /** @param executor provider of a CommandExecutor that does more, e.g. counts */
  static with(executor: Provider<CommandExecutor> = plainExecutor): DynamicModule {
    return {
      module: EventingModule,
      global: true,
      providers: [
        executor,
        EventCatalogue,
        { provide: VIEW_DATABASE, inject: [CONFIG], useFactory: (config: Config) => openViewDatabase(config) },
        {
          provide: ReadModels,
          inject: [EVENT_STORE, VIEW_DATABASE, EventCatalogue],
          useFactory: (store: EventStore, database: Database, catalogue: EventCatalogue) => new ReadModels(store, database, catalogue),
        },
        {
          provide: Processes,
          inject: [EVENT_STORE, ReadModels, CLOCK],
          useFactory: (store: EventStore, readModels: ReadModels, clock: Clock) => {
            const logger = new Logger('Processes');
            return new Processes(store, readModels, { now: () => clock().getTime(), log: (entry) => logger.warn(entry) });
          },
        },
      ],
      exports: [CommandExecutor, EventCatalogue, ReadModels, Processes],
    };
  }

  /** After every module has registered. With ROLE=api this process only reads; a worker runs views and processes. */
  async onApplicationBootstrap(): Promise<void> {
    const { role, eventStoreUrl, databaseUrl, dataDir } = this.config;
    const run = role !== 'api';
    // The embedded log has locked the folder already; with another log nothing else keeps two processes from running the same views.
    if (run && eventStoreUrl !== null && databaseUrl === null) this.#lock = lockDataFolder(dataDir);
    await this.readModels.start({ run });
    if (run) await this.processes.start();
  }

  /** While requests under way are still answered. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.processes.stop(DRAIN_MS);
  }

  /** Nothing is asked any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.readModels.stop();
    await this.database.close();
    this.#lock?.release();
    this.#lock = undefined;
  }
}

function openViewDatabase({ databaseUrl, dataDir }: Config): Database {
  if (databaseUrl !== null) throw new Error('DATABASE_URL is set, but views are only kept in SQLite so far');
  return openDatabase(join(dataDir, 'views.sqlite'));
}
