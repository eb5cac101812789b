/** The file format of the embedded log: its tables, the checks on opening it, and the statements that use them. */
import { existsSync } from 'node:fs';
import { StoreUnavailableError, type Position } from '../event-store.js';
import { openSqlite, type DatabaseSync, type SqliteOptions, type SqliteRow, type SqliteStatement } from '../sql/sqlite.js';
import { SQLITE_CORRUPT, SQLITE_NOTADB, sqliteErrorCode } from '../store-faults.js';
import type { StoredEvent } from './serialise.js';

/** 'BKHL', SQLite's application id of our logs, so that another program's file is never taken for one. */
const APPLICATION_ID = 0x424b484c;
const FORMAT = 1;

/**
 * `ordinal` counts events of the whole log from 1 without gaps; it is what positions are made of. `digest` is null for
 * events of releases that had none, until they are sealed.
 */
const SCHEMA = `
  create table meta (key text primary key, value text not null) strict, without rowid;
  create table events (
    ordinal integer primary key,
    stream_id text not null,
    revision integer not null,
    id text not null,
    type text not null,
    data text not null,
    metadata text not null,
    recorded_at integer not null,
    digest text,
    unique (stream_id, revision)
  ) strict;`;

const COLUMNS = 'ordinal, stream_id, revision, id, type, data, metadata, recorded_at';
const SEALED_COLUMNS = `${COLUMNS}, digest`;

/** Digits of Number.MAX_SAFE_INTEGER: positions compare as strings for as long as the numbers are exact. */
const POSITION_WIDTH = 16;

export function toPosition(ordinal: number): Position {
  return String(ordinal).padStart(POSITION_WIDTH, '0') as Position;
}

export function toStored(row: SqliteRow): StoredEvent {
  return {
    id: String(row['id']),
    type: String(row['type']),
    data: String(row['data']),
    metadata: String(row['metadata']),
    streamId: String(row['stream_id']),
    revision: Number(row['revision']),
    position: toPosition(Number(row['ordinal'])),
    recordedAt: Number(row['recorded_at']),
  };
}

/** A row with its digest. */
export type SealedRow = StoredEvent & { readonly ordinal: number; readonly digest: string | null };

export function toSealedRow(row: SqliteRow): SealedRow {
  const digest = row['digest'];
  return { ...toStored(row), ordinal: Number(row['ordinal']), digest: digest === null || digest === undefined ? null : String(digest) };
}

export type LogFile = { readonly writing: DatabaseSync; readonly reading: DatabaseSync; readonly identity: string };

/**
 * Opens the log file, made with a new identity if it does not exist. A file that is not ours is not changed.
 * @throws Error damaged, of another program, or written by a newer version
 */
export function openLogFile(file: string, newIdentity: () => string): LogFile {
  const opened: DatabaseSync[] = [];
  const open = (options: SqliteOptions): DatabaseSync => {
    const database = openSqlite(file, options);
    opened.push(database);
    return database;
  };
  try {
    // Looked at without writing first: opening for writing already changes the file's journal mode.
    if (existsSync(file)) {
      const looking = open({ readOnly: true });
      checkFormat(file, looking);
      looking.close();
      opened.pop();
    }
    const writing = open({ synchronous: 'FULL', cacheMiB: 16, walMiB: 16 });
    if (tableCount(writing) === 0) createTables(writing, newIdentity());
    const identity = readMeta(writing, 'identity');
    if (identity === undefined) throw new Error(`${file} has no identity. Restore it from a backup.`);
    addDigests(writing);
    // From here on `LogDisk` sees to it that commits are on the disk.
    writing.exec('pragma synchronous = NORMAL');
    return { writing, reading: open({ readOnly: true }), identity };
  } catch (error) {
    for (const database of opened) database.close();
    const code = sqliteErrorCode(error);
    if (code !== SQLITE_NOTADB && code !== SQLITE_CORRUPT) throw error;
    const message = `${file} is damaged or not an event log. Restore it from a backup; it was not touched.`;
    throw new StoreUnavailableError(message, { cause: error });
  }
}

function tableCount(database: DatabaseSync): number {
  return Number(database.prepare('select count(*) as n from sqlite_schema').get()?.['n']);
}

function checkFormat(file: string, database: DatabaseSync): void {
  const applicationId = pragma(database, 'application_id');
  const format = pragma(database, 'user_version');
  if (applicationId === 0 && tableCount(database) === 0) return;
  if (applicationId !== APPLICATION_ID) {
    throw new Error(`${file} is an SQLite file of another program, not an event log. Choose another DATA_DIR.`);
  }
  if (format > FORMAT) {
    throw new Error(`${file} was written by a newer version of this service (format ${format}). Upgrade to open it.`);
  }
}

function createTables(database: DatabaseSync, identity: string): void {
  database.exec('begin immediate');
  database.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${FORMAT}; ${SCHEMA}`);
  writeMeta(database, 'identity', identity);
  writeChain(database, { sealedFrom: 1, starts: [1] });
  database.exec('commit');
}

/**
 * Makes room for digests in the file of an older release, and lets a chain start where events without one end. The format
 * stays: an older release does not see the column.
 */
function addDigests(database: DatabaseSync): void {
  const known = database.prepare(`select 1 from pragma_table_info('events') where name = 'digest'`).get() !== undefined;
  if (!known) database.exec('begin immediate; alter table events add column digest text');
  const last = database.prepare('select ordinal, digest from events order by ordinal desc limit 1').get();
  const next = Number(last?.['ordinal'] ?? 0) + 1;
  const chain = known ? readChain(database) : { sealedFrom: next, starts: [] };
  if ((last?.['digest'] ?? null) === null && !chain.starts.includes(next))
    writeChain(database, { ...chain, starts: [...chain.starts, next] });
  if (!known) database.exec('commit');
}

/** Events from `sealedFrom` on must have a digest. At `starts` a digest follows the log's identity instead of the one before. */
export type Chain = { readonly sealedFrom: number; readonly starts: readonly number[] };

/** Both are ordinals. */
export function readChain(database: DatabaseSync): Chain {
  const numbers = (key: string): readonly number[] =>
    (readMeta(database, key) ?? '')
      .split(' ')
      .filter((part) => part !== '')
      .map(Number);
  return { sealedFrom: numbers('sealed_from')[0] ?? 1, starts: numbers('chain_starts') };
}

export function writeChain(database: DatabaseSync, { sealedFrom, starts }: Chain): void {
  writeMeta(database, 'sealed_from', String(sealedFrom));
  writeMeta(database, 'chain_starts', starts.join(' '));
}

/** The end of the log when it was opened or closed last: what is missing after it is not there any more. */
export type Anchor = { readonly ordinal: number; readonly digest: string };

export function readAnchor(database: DatabaseSync): Anchor | undefined {
  const [ordinal, digest] = (readMeta(database, 'anchor') ?? '').split(' ');
  return ordinal === undefined || digest === undefined ? undefined : { ordinal: Number(ordinal), digest };
}

/** Notes the end of the log as it is now. */
export function writeAnchor(database: DatabaseSync): void {
  const last = database.prepare('select ordinal, digest from events order by ordinal desc limit 1').get();
  if (typeof last?.['digest'] === 'string') writeMeta(database, 'anchor', `${Number(last['ordinal'])} ${last['digest']}`);
}

function readMeta(database: DatabaseSync, key: string): string | undefined {
  const value = database.prepare('select value from meta where key = ?').get(key)?.['value'];
  return typeof value === 'string' ? value : undefined;
}

function writeMeta(database: DatabaseSync, key: string, value: string): void {
  if (readMeta(database, key) !== value)
    database.prepare('insert into meta values (?, ?) on conflict (key) do update set value = excluded.value').run(key, value);
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`pragma ${name}`).get()?.[name]);
}

export type LogWriter = {
  readonly begin: SqliteStatement;
  readonly commit: SqliteStatement;
  readonly rollback: SqliteStatement;
  /** Parameters in the order of the columns. */
  readonly insert: SqliteStatement;
  /** (stream, first revision, number) → id, ordinal */
  readonly ids: SqliteStatement;
  /** Revision of the stream's last event, -1 without one. */
  headOf(streamId: string): number;
};

export function prepareWriter(database: DatabaseSync): LogWriter {
  const head = database.prepare('select max(revision) as revision from events where stream_id = ?');
  return {
    begin: database.prepare('begin immediate'),
    commit: database.prepare('commit'),
    rollback: database.prepare('rollback'),
    insert: database.prepare(`insert into events (${SEALED_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    ids: database.prepare('select id, ordinal from events where stream_id = ? and revision >= ? order by revision limit ?'),
    headOf: (streamId) => Number(head.get(streamId)?.['revision'] ?? -1),
  };
}

export type LogReader = {
  /** (stream, first revision, last ordinal, number) → rows */
  readonly stream: SqliteStatement;
  /** (after ordinal, number) → rows */
  readonly log: SqliteStatement;
  /** (last ordinal, after stream, after its revision, number) → rows, stream after stream */
  readonly byStream: SqliteStatement;
  /** (after ordinal, number) → rows with digests */
  readonly sealed: SqliteStatement;
  /** (ordinal) → row with digest */
  readonly sealedAt: SqliteStatement;
  /** (stream, first revision, number) → rows with digests */
  readonly sealedStream: SqliteStatement;
};

/** Ordinal of the newest event, 0 for an empty log. */
export function headOf(database: DatabaseSync): number {
  return Number(database.prepare('select max(ordinal) as head from events').get()?.['head'] ?? 0);
}

export function prepareReader(database: DatabaseSync): LogReader {
  return {
    stream: database.prepare(
      `select ${COLUMNS} from events where stream_id = ? and revision >= ? and ordinal <= ? order by revision limit ?`,
    ),
    log: database.prepare(`select ${COLUMNS} from events where ordinal > ? order by ordinal limit ?`),
    byStream: database.prepare(
      `select ${COLUMNS} from events where ordinal <= ? and (stream_id, revision) > (?, ?) order by stream_id, revision limit ?`,
    ),
    sealed: database.prepare(`select ${SEALED_COLUMNS} from events where ordinal > ? order by ordinal limit ?`),
    sealedAt: database.prepare(`select ${SEALED_COLUMNS} from events where ordinal = ?`),
    sealedStream: database.prepare(`select ${SEALED_COLUMNS} from events where stream_id = ? and revision >= ? order by revision limit ?`),
  };
}
