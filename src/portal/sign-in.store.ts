/**
 * `signin.sqlite` in the data folder: sign-ins asked for and not yet looked at, codes given out, mails owed, and what was
 * counted towards the limits. Everything survives a restart; codes, addresses and numbers stand in it as keyed hashes only.
 */
import { join } from 'node:path';
import { inTransaction, type DatabaseSync, type SqliteRow, type SqliteStatement } from '../eventing/sql/sqlite.js';
import { KeptFile } from '../shared/kept-file.js';
import { languageOf, type Language } from '../shared/language.js';

/** Times in epoch milliseconds. `number` is sealed: who asks may have typed anything there. */
export type SignInRequest = {
  readonly id: string;
  readonly number: Uint8Array;
  readonly addressKey: Uint8Array;
  readonly language: Language;
  readonly receivedAt: number;
};
export type SignInCode = {
  readonly id: string;
  readonly orderId: string;
  readonly numberKey: Uint8Array;
  readonly addressKey: Uint8Array;
  readonly language: Language;
  readonly expiresAt: number;
};
export type OwedMail = SignInCode & { readonly attempts: number; readonly dueAt: number };
/** At most `most` within `ms`. */
export type Limit = { readonly name: string; readonly most: number; readonly ms: number };
/** A limit, and whom it is counted for. */
export type Counted = { readonly limit: Limit; readonly bucket: Uint8Array };

/**
 * Codes that are over and what was counted are kept for so long: longer than any limit looks back, and a request that is
 * sent again meanwhile gives no second code.
 */
const KEPT_MS = 24 * 60 * 60 * 1000;

const SCHEMA = `
  create table if not exists requests (id text primary key, number blob not null, address_key blob not null, language text not null, received_at integer not null) strict;
  create table if not exists codes (
    id text primary key, order_id text not null, number_key blob not null, address_key blob not null, language text not null,
    expires_at integer not null, tries integer not null, closed_at integer, attempts integer not null, mail_due_at integer) strict;
  create index if not exists codes_of_number on codes (number_key, expires_at);
  create index if not exists mails_due on codes (mail_due_at) where mail_due_at is not null;
  create table if not exists counted (bucket blob not null, at integer not null) strict;
  create index if not exists counted_of_bucket on counted (bucket, at);
  create index if not exists counted_at on counted (at);
`;
const OPEN = 'closed_at is null and expires_at > ?';

export class SignInStore {
  readonly #database: DatabaseSync;
  readonly #sql: ReturnType<typeof statementsOn>;

  /** Opens (and at first start makes) the file in `dataDir`. */
  constructor(dataDir: string) {
    this.#database = new KeptFile(join(dataDir, 'signin.sqlite'), SCHEMA).database;
    this.#sql = statementsOn(this.#database);
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  /** All or nothing, and alone. */
  atOnce<Result>(work: () => Result): Result {
    return inTransaction(this.#database, work);
  }

  /** Whether one more would be too many. */
  isFull({ limit, bucket }: Counted, now: number): boolean {
    return Number(this.#sql.count.get(bucket, now - limit.ms)?.['n']) >= limit.most;
  }

  /** Seconds until the oldest one counted no longer is. */
  secondsUntilFree({ limit, bucket }: Counted, now: number): number {
    const oldest = this.#sql.oldest.get(bucket, now - limit.ms)?.['at'];
    return typeof oldest === 'number' ? Math.max(1, Math.ceil((oldest + limit.ms - now) / 1000)) : 1;
  }

  count({ bucket }: Pick<Counted, 'bucket'>, now: number): void {
    this.#sql.note.run(bucket, now);
  }

  ask({ id, number, addressKey, language, receivedAt }: SignInRequest): void {
    this.#sql.ask.run(id, number, addressKey, language, receivedAt);
  }

  /** Received after `since`, oldest first. */
  asked(since: number, most: number): readonly SignInRequest[] {
    return this.#sql.asked.all(since, most).map((row) => ({
      id: text(row, 'id'),
      number: bytes(row, 'number'),
      addressKey: bytes(row, 'address_key'),
      language: languageOf(text(row, 'language')),
      receivedAt: whole(row, 'received_at'),
    }));
  }

  forgetRequest(id: string): void {
    this.#sql.forget.run(id);
  }

  /** A code, and the mail owed with it. @returns false when this very code was given before */
  give({ id, orderId, numberKey, addressKey, language, expiresAt }: SignInCode, now: number): boolean {
    return Number(this.#sql.give.run(id, orderId, numberKey, addressKey, language, expiresAt, now).changes) === 1;
  }

  /** Codes that may still open an order with this number. */
  openCodes(numberKey: Uint8Array, mostTries: number, now: number): readonly SignInCode[] {
    return this.#sql.open.all(numberKey, mostTries, now).map(codeOf);
  }

  /** No code of this order opens it any more. */
  closeCodes(orderId: string, now: number): void {
    this.#sql.closeOrder.run(now, orderId);
  }

  countTry(numberKey: Uint8Array, now: number): void {
    this.#sql.tried.run(numberKey, now);
  }

  /** Mails due by `dueBy` whose code still opens something, the longest due first. */
  owed(dueBy: number, most: number, now: number): readonly OwedMail[] {
    return this.#sql.due
      .all(dueBy, now, most)
      .map((row) => ({ ...codeOf(row), attempts: whole(row, 'attempts'), dueAt: whole(row, 'mail_due_at') }));
  }

  /** Keeps the mail from others who share the file until `until`. @returns false when one of them was quicker */
  claim({ id, dueAt }: OwedMail, until: number): boolean {
    return Number(this.#sql.claim.run(until, id, dueAt).changes) === 1;
  }

  mailed(codeId: string): void {
    this.#sql.mailed.run(codeId);
  }

  mailLater(codeId: string, dueAt: number): void {
    this.#sql.later.run(dueAt, codeId);
  }

  /** Forgets what is over. @param mostMs how long a request may wait */
  clean(now: number, mostMs: number): void {
    this.atOnce(() => {
      this.#sql.dropRequests.run(now - mostMs);
      this.#sql.dropCodes.run(now - KEPT_MS);
      this.#sql.dropCounted.run(now - KEPT_MS);
    });
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

function statementsOn(database: DatabaseSync) {
  const prepare = (sql: string): SqliteStatement => database.prepare(sql);
  return {
    count: prepare('select count(*) as n from counted where bucket = ? and at > ?'),
    oldest: prepare('select min(at) as at from counted where bucket = ? and at > ?'),
    note: prepare('insert into counted values (?, ?)'),
    ask: prepare('insert into requests values (?, ?, ?, ?, ?) on conflict do nothing'),
    asked: prepare('select * from requests where received_at > ? order by received_at limit ?'),
    forget: prepare('delete from requests where id = ?'),
    give: prepare('insert into codes values (?, ?, ?, ?, ?, ?, 0, null, 0, ?) on conflict do nothing'),
    open: prepare(`select * from codes where number_key = ? and tries < ? and ${OPEN}`),
    closeOrder: prepare('update codes set closed_at = ?, mail_due_at = null where order_id = ? and closed_at is null'),
    tried: prepare(`update codes set tries = tries + 1 where number_key = ? and ${OPEN}`),
    due: prepare(`select * from codes where mail_due_at <= ? and ${OPEN} order by mail_due_at limit ?`),
    claim: prepare('update codes set mail_due_at = ? where id = ? and mail_due_at = ?'),
    mailed: prepare('update codes set mail_due_at = null where id = ?'),
    later: prepare('update codes set attempts = attempts + 1, mail_due_at = ? where id = ? and mail_due_at is not null'),
    dropRequests: prepare('delete from requests where received_at <= ?'),
    dropCodes: prepare('delete from codes where expires_at <= ?'),
    dropCounted: prepare('delete from counted where at <= ?'),
  };
}

const codeOf = (row: SqliteRow): SignInCode => ({
  id: text(row, 'id'),
  orderId: text(row, 'order_id'),
  numberKey: bytes(row, 'number_key'),
  addressKey: bytes(row, 'address_key'),
  language: languageOf(text(row, 'language')),
  expiresAt: whole(row, 'expires_at'),
});

const damaged = (column: string): never => {
  throw new Error(`signin.sqlite is damaged: ${column}`);
};
function text(row: SqliteRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : damaged(column);
}
function whole(row: SqliteRow, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : damaged(column);
}
function bytes(row: SqliteRow, column: string): Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? value : damaged(column);
}
