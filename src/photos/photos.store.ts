/**
 * Photos, outside the log: files under random names in `photos/` of the data folder, and beside them `photos.sqlite`,
 * which knows what order a photo belongs to. A photo is there when its row and its file are; the row comes first, so
 * that whatever is interrupted leaves a row nobody knows of, which is removed like any photo that no return names.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DatabaseSync } from '../eventing/sql/sqlite.js';
import type { Clock } from '../shared/clock.js';
import { KeptFile, unlessHeldUp } from '../shared/kept-file.js';
import { SpoolFolder } from '../shared/spool-folder.js';

const SCHEMA = `
  create table if not exists photos (
    ref text primary key,
    order_id text not null,
    -- who uploaded it under which idempotency key, and what
    command_id text not null unique,
    upload_hash text not null,
    -- last time it was uploaded or about to be named
    touched_at text not null,
    -- 1: the log names it
    named integer not null default 0
  ) strict, without rowid;
  create index if not exists photos_of_order on photos (order_id);
  create index if not exists photos_nobody_names on photos (touched_at) where named = 0;
`;

/** An order with more is a mistake, or somebody who fills the disk. */
export const MOST_PHOTOS = 50;
export type PhotoRow = { readonly ref: string; readonly orderId: string };
/** `commandId` from the idempotency key; `hash` of the bytes as uploaded. */
export type Upload = { readonly orderId: string; readonly commandId: string; readonly hash: string };

export class PhotosStore {
  readonly #folder: string;
  readonly #incoming: SpoolFolder;
  readonly #database: DatabaseSync;
  /** Uploads under way here, by command. */
  readonly #keeping = new Set<string>();

  /** Opens (and at first start makes) the folder in `dataDir`. */
  constructor(
    dataDir: string,
    private readonly clock: Clock,
  ) {
    this.#folder = join(dataDir, 'photos');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#incoming = SpoolFolder.open(join(this.#folder, 'incoming'));
    this.#database = new KeptFile(join(this.#folder, 'photos.sqlite'), SCHEMA).database;
  }

  /** Whether the order may have one more. */
  hasRoom(orderId: string): boolean {
    return Number(this.#get('select count(*) as n from photos where order_id = ?', orderId)?.['n']) < MOST_PHOTOS;
  }

  /** What was uploaded by this command before. */
  uploadedBy(commandId: string): { readonly ref: string; readonly hash: string } | undefined {
    const row = this.#get('select ref, upload_hash from photos where command_id = ?', commandId);
    if (row === undefined) return undefined;
    const ref = String(row['ref']);
    if (this.#keeping.has(commandId) || existsSync(this.#fileOf(ref))) return { ref, hash: String(row['upload_hash']) };
    // A crash, or a disk that failed, came between the row and its file.
    this.#run('delete from photos where ref = ?', ref);
    return undefined;
  }

  /**
   * Puts an upload on disk while it arrives and hands the whole of it to `use`; it is gone when this ends, however it ends.
   * @param use gets the SHA-256 of the bytes, in hex
   */
  async spooled<Result>(bytes: AsyncIterable<Uint8Array>, use: (file: string, hash: string) => Promise<Result>): Promise<Result> {
    const hash = createHash('sha256');
    const file = join(this.#incoming.path, `${newRef()}.upload`);
    try {
      const handle = await open(file, 'wx', 0o600);
      try {
        for await (const chunk of bytes) {
          hash.update(chunk);
          await handle.writeFile(chunk);
        }
      } finally {
        await handle.close();
      }
      return await use(file, hash.digest('hex'));
    } finally {
      await rm(file, { force: true }).catch(() => undefined);
    }
  }

  /**
   * Keeps a photo; it is on disk when this returns.
   * @returns its reference; undefined when the order has no room, or the command came in twice at the same time
   */
  async keep(upload: Upload, image: Uint8Array): Promise<string | undefined> {
    const ref = newRef();
    const [unfinished, file] = [join(this.#incoming.path, ref), this.#fileOf(ref)];
    let isRegistered = false;
    try {
      await write(unfinished, image);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      isRegistered = this.#register(ref, upload);
      if (!isRegistered) return undefined;
      this.#keeping.add(upload.commandId);
      await rename(unfinished, file);
      for (const folder of [dirname(file), this.#folder]) await flushFolder(folder);
      return ref;
    } catch (error) {
      await rm(file, { force: true }).catch(() => undefined);
      this.#forget(ref);
      throw error;
    } finally {
      if (isRegistered) this.#keeping.delete(upload.commandId);
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
  }

  /** The photo's bytes for reading; close the handle. Undefined when there is no such photo. */
  async open(ref: string): Promise<FileHandle | undefined> {
    if (this.#get('select 1 from photos where ref = ?', ref) === undefined) return undefined;
    return open(this.#fileOf(ref), 'r').catch(unlessMissing);
  }

  /** Whether the photo is there, row and file. */
  async isWhole(ref: string): Promise<boolean> {
    if (this.#get('select 1 from photos where ref = ?', ref) === undefined) return false;
    return ((await stat(this.#fileOf(ref)).catch(unlessMissing))?.size ?? 0) > 0;
  }

  isOf(orderId: string, ref: string): boolean {
    return this.#get('select 1 from photos where ref = ? and order_id = ?', ref, orderId) !== undefined;
  }

  /** A command is about to name these photos of the order: they stay another day. @returns those that are there */
  touch(orderId: string, refs: readonly string[]): ReadonlySet<string> {
    const touched = this.#database.prepare(
      'update photos set touched_at = ? where order_id = ? and ref in (select value from json_each(?)) returning ref',
    );
    return new Set(touched.all(this.clock().toISOString(), orderId, JSON.stringify(refs)).map((row) => String(row['ref'])));
  }

  /** Photos nobody touched since `before` (ISO 8601 UTC) and that are not known to be named. */
  unnamed(before: string): readonly PhotoRow[] {
    const rows = this.#database
      .prepare('select ref, order_id from photos where named = 0 and touched_at < ? order by order_id')
      .all(before);
    return rows.map((row) => ({ ref: String(row['ref']), orderId: String(row['order_id']) }));
  }

  /** The log names it, so it stays. */
  setNamed(ref: string): void {
    this.#run('update photos set named = 1 where ref = ?', ref);
  }

  /** Removes a photo that is not named and was not touched since `before`. @returns whether it did */
  async remove(ref: string, before: string): Promise<boolean> {
    if (this.#run('delete from photos where ref = ? and named = 0 and touched_at < ?', ref, before) === 0) return false;
    await rm(this.#fileOf(ref), { force: true });
    return true;
  }

  close(): void {
    if (!this.#database.isOpen) return;
    this.#incoming.close();
    this.#database.close();
  }

  /** The error before this one is the one to tell: a row without a file is found to be none by `uploadedBy`. */
  #forget(ref: string): void {
    unlessHeldUp(() => this.#run('delete from photos where ref = ?', ref));
  }

  /** One statement, since several processes may share the folder: counting first would let two in where there is room for one. */
  #register(ref: string, { orderId, commandId, hash }: Upload): boolean {
    const now = this.clock().toISOString();
    const sql = `insert into photos select ?, ?, ?, ?, ?, 0 where (select count(*) from photos where order_id = ?) < ${MOST_PHOTOS} on conflict do nothing`;
    return this.#run(sql, ref, orderId, commandId, hash, now, orderId) > 0;
  }

  #get(sql: string, ...values: string[]): Record<string, unknown> | undefined {
    return this.#database.prepare(sql).get(...values);
  }

  #run(sql: string, ...values: string[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes);
  }

  /** In 256 folders by the first two characters. */
  #fileOf(ref: string): string {
    return join(this.#folder, ref.slice(0, 2), ref);
  }
}

/** 128 random bits: says nothing about the order or the person. */
const newRef = (): string => randomBytes(16).toString('hex');

const write = (file: string, bytes: Uint8Array): Promise<void> => flushed(file, 'wx', (handle) => handle.writeFile(bytes));

/** A new name is on disk when its folder is. Windows cannot open folders, and needs no such thing. */
const flushFolder = async (folder: string): Promise<void> => (process.platform === 'win32' ? undefined : flushed(folder, 'r'));

async function flushed(path: string, flags: string, work?: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, flags, 0o600);
  try {
    await work?.(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
