/**
 * Opens SQLite files with the driver this Node offers: `node:sqlite` where it works without a flag (Node 24), else
 * `@photostructure/sqlite`, which has the same API and ships its binaries inside npm. The rest of the service sees
 * the few members declared here, so it compiles the same against either.
 */
import { createRequire } from 'node:module';

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
  /** How long a statement waits for another connection's lock, in milliseconds. Default 5000. */
  readonly busyTimeoutMs?: number;
};

type DriverOptions = { readonly readOnly: boolean; readonly enableForeignKeyConstraints: boolean };
type Driver = { readonly DatabaseSync: new (file: string, options: DriverOptions) => DatabaseSync };

/** SQLite's page size unless a file was made with another one. */
const PAGE_BYTES = 4096;
/** Another connection holds the lock. */
export const SQLITE_BUSY = 5;
/** The file is damaged. */
export const SQLITE_CORRUPT = 11;
/** The file is not an SQLite database. */
export const SQLITE_NOTADB = 26;

/** The primary result code of an error thrown by the driver (see sqlite.org/rescode.html), undefined for others. */
export function sqliteErrorCode(error: unknown): number | undefined {
  const code = typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : undefined;
  // Extended codes carry the primary one in their lowest byte.
  return typeof code === 'number' ? code & 0xff : undefined;
}

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
 * @throws Error from the driver, e.g. when the file cannot be opened or is not a database
 */
export function openSqlite(file: string, options: SqliteOptions = {}): DatabaseSync {
  driver ??= loadDriver();
  const { synchronous = 'NORMAL', readOnly = false, busyTimeoutMs = 5000, cacheMiB = 2, walMiB = 4 } = options;
  const database = new driver.DatabaseSync(file, { readOnly, enableForeignKeyConstraints: true });
  try {
    database.exec(`pragma busy_timeout = ${Math.trunc(busyTimeoutMs)}; pragma cache_size = ${Math.trunc(-1024 * cacheMiB)}`);
    if (!readOnly) database.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma wal_autocheckpoint = ${Math.trunc((walMiB * 1024 * 1024) / PAGE_BYTES)}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}
