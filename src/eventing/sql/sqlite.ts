/**
 * Opens SQLite files with the driver this Node offers: `node:sqlite` where it works without a flag (Node 24), else
 * `@photostructure/sqlite`, which has the same API and ships its binaries inside npm. The rest of the service sees
 * the few members declared here, so it compiles the same against either.
 */
import { createRequire } from 'node:module';
import { SQLITE_BUSY, sqliteErrorCode, storeFaultOf } from '../store-faults.js';

/** What SQLite can store in a cell. Integers beyond 2^53 come back as bigint only with `readBigInts`. */
export type SqliteValue = null | number | bigint | string | Uint8Array;
export type SqliteRow = { readonly [column: string]: SqliteValue };

export interface SqliteStatement {
  run(...parameters: readonly SqliteValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  get(...parameters: readonly SqliteValue[]): SqliteRow | undefined;
  all(...parameters: readonly SqliteValue[]): SqliteRow[];
  iterate(...parameters: readonly SqliteValue[]): IterableIterator<SqliteRow>;
  /** Empty for statements that return no rows. */
  columns(): readonly { readonly name: string }[];
}

/** The part of `node:sqlite`'s synchronous database that this service uses. */
export interface DatabaseSync {
  readonly isOpen: boolean;
  readonly isTransaction: boolean;
  /** Runs one or several statements without results. */
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export type SqliteOptions = {
  /** FULL: a commit survives a power cut. NORMAL: it survives a crash of the process. Default NORMAL. */
  readonly synchronous?: 'FULL' | 'NORMAL';
  /** The file must exist and is not written to. Default false. */
  readonly readOnly?: boolean;
  /** Pages kept in memory, in MiB. Default 2. */
  readonly cacheMiB?: number;
  /** Size of the write-ahead log, in MiB, at which it is carried over into the file. Default 4. */
  readonly walMiB?: number;
  /** How long a statement waits for another connection's lock, in milliseconds; nothing else goes on meanwhile. Default 1000. */
  readonly busyTimeoutMs?: number;
  /** What to do when the file is damaged, told with the error. Default: restore it from a backup. */
  readonly ifDamaged?: string;
};

type DriverOptions = { readonly readOnly: boolean; readonly enableForeignKeyConstraints: boolean };
type Driver = { readonly DatabaseSync: new (file: string, options: DriverOptions) => DatabaseSync };

/** SQLite's page size unless a file was made with another one. */
const PAGE_BYTES = 4096;

function isDriver(module: unknown): module is Driver {
  return typeof module === 'object' && module !== null && 'DatabaseSync' in module;
}

let driver: Driver | undefined;

/** `node:sqlite`, where this Node has it. Early releases of Node 24 call it experimental on every start, which helps nobody who only runs the service. */
function builtInDriver(): unknown {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

function loadDriver(): Driver {
  // Both loads are synchronous so that opening a file stays a plain call; the npm driver's binary is only touched
  // where Node has none of its own.
  const builtIn = builtInDriver();
  if (isDriver(builtIn)) return builtIn;
  const packaged: unknown = createRequire(import.meta.url)('@photostructure/sqlite');
  if (isDriver(packaged)) return packaged;
  throw new Error('No SQLite driver: this Node has no node:sqlite and @photostructure/sqlite is not installed');
}

/**
 * Opens `file` (made if missing, unless `readOnly`) in WAL mode with foreign keys enforced. `:memory:` works too.
 * @throws StoreUnavailableError the file cannot be opened or is not a database; the same from then on for whatever stands
 *   in the way of a statement, and UnknownOutcomeError where it may have been written all the same
 */
export function openSqlite(file: string, options: SqliteOptions = {}): DatabaseSync {
  driver ??= loadDriver();
  const { synchronous = 'NORMAL', readOnly = false, busyTimeoutMs = 1000, cacheMiB = 2, walMiB = 4, ifDamaged } = options;
  const damaged = ifDamaged === undefined ? {} : { advice: ifDamaged };
  let opened: DatabaseSync;
  try {
    opened = new driver.DatabaseSync(file, { readOnly, enableForeignKeyConstraints: true });
  } catch (error) {
    throw storeFaultOf(error, { file, ...damaged }) ?? error;
  }
  const database = new Guarded(opened, { file, ...damaged }, Math.trunc(busyTimeoutMs));
  try {
    database.exec(`pragma cache_size = ${Math.trunc(-1024 * cacheMiB)}`);
    if (!readOnly)
      database.exec(
        `pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma wal_autocheckpoint = ${Math.trunc((walMiB * 1024 * 1024) / PAGE_BYTES)}`,
      );
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

const COMMIT = /^\s*commit\b/i;
/** Changes nothing that anybody else would see, and says nothing about their locks. */
const HARMLESS = /^\s*(begin|pragma|rollback)\b/i;

/** A database whose errors say what they mean to a store. */
class Guarded implements DatabaseSync {
  #isPatient = true;

  constructor(
    private readonly database: DatabaseSync,
    private readonly at: { readonly file: string; readonly advice?: string },
    private readonly busyTimeoutMs: number,
  ) {
    this.#wait(busyTimeoutMs);
  }

  get isOpen(): boolean {
    return this.database.isOpen;
  }
  get isTransaction(): boolean {
    return this.database.isTransaction;
  }

  exec(sql: string): void {
    this.#writing(COMMIT.test(sql), !HARMLESS.test(sql), () => this.database.exec(sql));
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#reading(() => this.database.prepare(sql));
    const [isCommit, writes] = [COMMIT.test(sql), !HARMLESS.test(sql)];
    return {
      run: (...parameters) => this.#writing(isCommit, writes, () => statement.run(...parameters)),
      get: (...parameters) => this.#reading(() => statement.get(...parameters)),
      all: (...parameters) => this.#reading(() => statement.all(...parameters)),
      iterate: (...parameters) => this.#rows(statement.iterate(...parameters)),
      columns: () => statement.columns(),
    };
  }

  close(): void {
    this.database.close();
  }

  #reading<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw this.#told(error, false);
    }
  }

  /** A statement that writes outside of a transaction commits by itself. */
  #writing<Result>(isCommit: boolean, writes: boolean, work: () => Result): Result {
    const commits = isCommit || (writes && !this.database.isTransaction);
    try {
      const result = work();
      if (!this.#isPatient && (isCommit || writes)) this.#wait(this.busyTimeoutMs);
      return result;
    } catch (error) {
      throw this.#told(error, commits);
    }
  }

  *#rows(rows: IterableIterator<SqliteRow>): IterableIterator<SqliteRow> {
    try {
      yield* rows;
    } catch (error) {
      throw this.#told(error, false);
    }
  }

  #told(error: unknown, committing: boolean): unknown {
    // Whoever holds the lock that long holds it longer; waiting again and again would stop everything else the process does.
    if (this.#isPatient && sqliteErrorCode(error) === SQLITE_BUSY) this.#wait(0);
    return storeFaultOf(error, { ...this.at, committing }) ?? error;
  }

  #wait(ms: number): void {
    this.#isPatient = ms === this.busyTimeoutMs;
    this.database.exec(`pragma busy_timeout = ${ms}`);
  }
}

/**
 * Changes that belong together: all of them or, where `work` or the disk fails, none.
 * @throws StoreUnavailableError, UnknownOutcomeError, and what `work` throws
 */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** Ends a transaction that failed. SQLite has ended it by itself after the worse faults; what made it fail is the error to tell. */
export function rollBack(database: DatabaseSync): void {
  try {
    if (database.isOpen && database.isTransaction) database.exec('rollback');
  } catch {
    // A connection that cannot even do this fails the next statement, too.
  }
}
