/**
 * Wires the machine room: commands, views and processes of all modules. Events and views are listed in the composition
 * root, where a thread of their own finds them too; a module registers its processes in its `onModuleInit`.
 * The composition root provides CONFIG, CLOCK and EVENT_STORE to everybody, and closes the store.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
import { DiscoveryModule } from '@nestjs/core';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { CLOCK, CONFIG, EVENT_STORE } from '../shared/tokens.js';
import { CommandHandlers } from './command-handlers.js';
import { StoreUnavailableError, UnknownOutcomeError, type EventStore } from './event-store.js';
import { CommandExecutor } from './execute-command.js';
import { Processes } from './process-runner.js';
import { openViewDatabase, type Database } from './sql/database.js';
import { lockDataFolder, type DataFolderLock } from './stores/data-folder-lock.js';
import { ToldStates } from './told-states.js';
import { EventCatalogue } from './upcasting.js';
import type { ViewThread } from './view-thread.js';
import { Views, type ViewLogEntry } from './views.js';

/** The {@link Database} of the views. */
const VIEW_DATABASE = Symbol('VIEW_DATABASE');

/** What is under way gets this long to finish when the service stops; the rest is done after the next start. */
const DRAIN_MS = 5000;
/** Pauses between looking for a log that was not there at the start: doubling from the first to the last. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

const plainExecutor: Provider<CommandExecutor> = {
  provide: CommandExecutor,
  inject: [EVENT_STORE],
  useFactory: (store: EventStore) => new CommandExecutor(store),
};

export type EventingOptions = {
  /** Provider of a CommandExecutor that does more, e.g. counts. */
  readonly executor?: Provider<CommandExecutor>;
  /** Declares the events of all models. */
  readonly registerEvents?: (catalogue: EventCatalogue) => void;
  readonly registerViews?: (views: Views) => void;
  /** What runs the views of this log in the place of the main thread, if anything does. */
  readonly viewThread?: (store: EventStore) => ViewThread | undefined;
};

@Module({})
export class EventingModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger('EventStore');
  readonly #stopping = new AbortController();
  #lock: DataFolderLock | undefined;
  #started: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(VIEW_DATABASE) private readonly database: Database,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly views: Views,
    private readonly processes: Processes,
  ) {}

  static with({ executor = plainExecutor, registerEvents, registerViews, viewThread }: EventingOptions = {}): DynamicModule {
    return {
      module: EventingModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        executor,
        CommandHandlers,
        {
          provide: EventCatalogue,
          useFactory: () => {
            const catalogue = new EventCatalogue();
            registerEvents?.(catalogue);
            return catalogue;
          },
        },
        { provide: VIEW_DATABASE, inject: [CONFIG], useFactory: (config: Config) => viewDatabase(config) },
        {
          provide: Views,
          inject: [CONFIG, EVENT_STORE, VIEW_DATABASE, EventCatalogue],
          useFactory: ({ dataDir, eventStoreUrl }: Config, store: EventStore, database: Database, catalogue: EventCatalogue) => {
            const thread = viewThread?.(store);
            // The embedded log is for one process.
            const told = eventStoreUrl === null ? undefined : new ToldStates(join(dataDir, 'views.states.json'));
            const views = new Views(store, database, catalogue, { log: logView, ...(told && { told }), ...(thread && { thread }) });
            registerViews?.(views);
            return views;
          },
        },
        {
          provide: Processes,
          inject: [EVENT_STORE, Views, CLOCK],
          useFactory: (store: EventStore, views: Views, clock: Clock) => {
            const logger = new Logger('Processes');
            return new Processes(store, views, { now: () => clock().getTime(), log: (entry) => logger.warn(entry) });
          },
        },
      ],
      exports: [CommandExecutor, EventCatalogue, Views, Processes],
    };
  }

  /**
   * After every module has registered. With ROLE=api this process only reads; a worker runs views and processes. Where the
   * log cannot be reached yet, the service begins without it and goes on once it can: see `started`.
   */
  async onApplicationBootstrap(): Promise<void> {
    const { role, eventStoreUrl, databaseUrl, dataDir } = this.config;
    const run = role !== 'api';
    // The embedded log has locked the folder already; with another log nothing else keeps two processes from running the same views.
    if (run && eventStoreUrl !== null && databaseUrl === null) this.#lock = lockDataFolder(dataDir);
    // Whoever asks a view while the log is waited for is told that it is behind.
    await this.database.migrate();
    try {
      await this.#start(run);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      this.#started = this.#startLater(run, error);
      // Whoever waits for it is told; nobody has to.
      this.#started.catch(() => undefined);
    }
  }

  /** Settles when views and processes run, or the service stops. @throws what keeps them from it, other than a log that cannot be reached */
  get started(): Promise<void> {
    return this.#started;
  }

  async #start(run: boolean): Promise<void> {
    // Asked for first, so that nothing is begun while the log is away.
    await this.store.identity();
    await this.store.head();
    if (this.#stopping.signal.aborted) return;
    await this.views.start({ run });
    if (run) await this.processes.start();
  }

  async #startLater(run: boolean, first: Error): Promise<void> {
    const { signal } = this.#stopping;
    let reason = first.message;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      this.#logger.warn(
        `Waiting for the event log, views and processes begin when it answers; trying again in ${pause / 1000} s. ${reason}`,
      );
      await delay(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#start(run);
        this.#logger.log('The event log answers');
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!isUnreachable(error)) throw error;
        reason = error.message;
      }
    }
  }

  /** While requests under way are still answered. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    // A start that has begun ends first; one that only waits for the log is left behind.
    if (this.views.started) await this.#started.catch(() => undefined);
    await this.processes.stop(DRAIN_MS);
  }

  /** Nothing is asked any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.views.stop();
    await this.database.close();
    this.#lock?.release();
    this.#lock = undefined;
  }
}

const isUnreachable = (error: unknown): error is Error => error instanceof StoreUnavailableError || error instanceof UnknownOutcomeError;

const viewLogger = new Logger('Views');

function logView({ state, ...entry }: ViewLogEntry): void {
  if (state === 'failed') viewLogger.error({ event: 'view_failed', ...entry });
  else if (state === 'cannot_write') viewLogger.warn({ event: 'view_cannot_write', ...entry });
  else viewLogger.log({ event: 'view_goes_on', state, ...entry });
}

function viewDatabase({ databaseUrl, dataDir }: Config): Database {
  if (databaseUrl !== null) throw new Error('DATABASE_URL is set, but views are only kept in SQLite so far');
  return openViewDatabase(dataDir);
}
