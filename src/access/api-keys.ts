/** API keys: 256 random bits each, only their SHA-256 is stored, all of them in memory so that no request waits for the disk. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SqliteRow } from '../eventing/sql/sqlite.js';
import type { Clock } from '../shared/clock.js';
import { unlessHeldUp } from '../shared/kept-file.js';
import { ROLES, type Identity, type Role } from './access.js';
import { type AccessStore } from './access.store.js';

/** Customers have sessions, not keys. */
export type KeyRole = Exclude<Role, 'customer'>;
export const KEY_ROLES = ROLES.filter((role): role is KeyRole => role !== 'customer');

export type ApiKey = {
  readonly keyId: string;
  readonly role: KeyRole;
  readonly label: string;
  /** ISO 8601 UTC, as the other times. */
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
};
/** `secret` is shown once and never again; null when a creation was repeated under its idempotency key. */
type CreatedKey = { readonly key: ApiKey; readonly secret: string | null };

/** Which request made a key, so that the request repeated makes no second one. */
type Request = { readonly commandId: string; readonly hash: string; readonly by: string };

/** The same idempotency key asked for another API key before. */
export class KeyRequestConflictError extends Error {
  override readonly name = 'KeyRequestConflictError';
}

type Entry = { readonly hash: Buffer; readonly identity: Identity };

const REFRESH_MS = 1000;
/** Use is written down at most this often, so that it costs requests nothing. */
const NOTE_USE_MS = 60_000;

export const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

export class ApiKeys {
  /** By digest of the key. */
  #active = new Map<string, Entry>();
  #activeById = new Map<string, Entry>();
  readonly #used = new Set<string>();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #preset: readonly [string, Entry] | undefined;
  #version: number;

  /**
   * @param preset the admin key from the configuration; it is not stored
   */
  constructor(
    private readonly store: AccessStore,
    private readonly clock: Clock,
    preset: string | null,
  ) {
    this.#preset =
      preset === null ? undefined : [digestOf(preset), { hash: sha256(preset), identity: { id: 'preset-admin', roles: ['admin'] } }];
    this.#version = store.version();
    this.#load();
    this.#timers = [setInterval(() => this.#refresh(), REFRESH_MS).unref(), setInterval(() => this.#noteUse(), NOTE_USE_MS).unref()];
  }

  /** Makes an admin key where there is none and none is preset. @returns the secret to print once, or undefined */
  createFirstAdminKey(): string | undefined {
    const some = this.#preset !== undefined || this.list().some(({ role, revokedAt }) => role === 'admin' && revokedAt === null);
    return some ? undefined : (this.create('admin', 'made at first start', { by: 'system' }).secret ?? undefined);
  }

  /**
   * @throws KeyRequestConflictError
   */
  create(role: KeyRole, label: string, request: Partial<Request> & Pick<Request, 'by'>): CreatedKey {
    const earlier = this.#madeBy(request);
    if (earlier !== undefined) return { key: earlier, secret: null };
    const secret = `bh_${randomBytes(32).toString('base64url')}`;
    const keyId = `key-${randomBytes(8).toString('hex')}`;
    this.store.database
      .prepare(
        'insert into api_keys (key_id, hash, role, label, created_at, created_by, command_id, command_hash) values (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(keyId, sha256(secret), role, label, this.#now(), request.by, request.commandId ?? null, request.hash ?? null);
    this.#load();
    const key = this.#find(keyId);
    if (key === undefined) throw new Error('The API key just written cannot be read');
    return { key, secret };
  }

  /** Newest first, revoked ones too. */
  list(): ApiKey[] {
    this.#noteUse();
    return this.store.database.prepare('select * from api_keys order by created_at desc, rowid desc').all().map(toKey);
  }

  /** From now on the key is refused. @returns undefined when there is no such key */
  revoke(keyId: string): ApiKey | undefined {
    this.store.database.prepare('update api_keys set revoked_at = ? where key_id = ? and revoked_at is null').run(this.#now(), keyId);
    this.#load();
    return this.#find(keyId);
  }

  /** Who the bearer of this token is; undefined for a token that is no valid key. @param digest `digestOf(token)` */
  identify(digest: string): Identity | undefined {
    const entry = this.#active.get(digest);
    // The map already found it by its hash; the comparison in constant time leaves nothing to guess from.
    if (entry === undefined || !timingSafeEqual(entry.hash, Buffer.from(digest, 'base64url'))) return undefined;
    this.#used.add(entry.identity.id);
    return entry.identity;
  }

  /** A session that came from this key is used. @returns the key's SHA-256; undefined when it is revoked or unknown */
  use(keyId: string): Uint8Array | undefined {
    const entry = this.#activeById.get(keyId);
    if (entry !== undefined) this.#used.add(keyId);
    return entry?.hash;
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#noteUse();
  }

  #now(): string {
    return this.clock().toISOString();
  }

  #find(keyId: string): ApiKey | undefined {
    const row = this.store.database.prepare('select * from api_keys where key_id = ?').get(keyId);
    return row === undefined ? undefined : toKey(row);
  }

  #madeBy({ commandId, hash }: Partial<Request>): ApiKey | undefined {
    if (commandId === undefined) return undefined;
    const row = this.store.database.prepare('select * from api_keys where command_id = ?').get(commandId);
    if (row !== undefined && row['command_hash'] !== hash) throw new KeyRequestConflictError();
    return row === undefined ? undefined : toKey(row);
  }

  #load(): void {
    const rows = this.store.database.prepare('select * from api_keys where revoked_at is null').all();
    this.#active = new Map([...rows.map(toEntry), ...(this.#preset === undefined ? [] : [this.#preset])]);
    this.#activeById = new Map([...this.#active.values()].map((entry) => [entry.identity.id, entry]));
  }

  /** What cannot be read now is read the next time; until then the keys known last count. */
  #refresh(): void {
    unlessHeldUp(() => {
      const version = this.store.version();
      if (version === this.#version) return;
      this.#load();
      this.#version = version;
    });
  }

  /** Noted later where it cannot be now: no request fails for it. */
  #noteUse(): void {
    unlessHeldUp(() => {
      if (this.#used.size === 0) return;
      const statement = this.store.database.prepare('update api_keys set last_used_at = ? where key_id = ?');
      for (const keyId of this.#used) statement.run(this.#now(), keyId);
      this.#used.clear();
    });
  }
}

const sha256 = (token: string): Buffer => createHash('sha256').update(token).digest();
const text = (row: SqliteRow, column: string): string => String(row[column]);
const textOrNull = (row: SqliteRow, column: string): string | null => (row[column] === null ? null : text(row, column));

function roleOf(row: SqliteRow): KeyRole {
  const role = KEY_ROLES.find((each) => each === row['role']);
  if (role === undefined) throw new Error(`The API key ${text(row, 'key_id')} has an unknown role`);
  return role;
}

const toKey = (row: SqliteRow): ApiKey => ({
  keyId: text(row, 'key_id'),
  role: roleOf(row),
  label: text(row, 'label'),
  createdAt: text(row, 'created_at'),
  lastUsedAt: textOrNull(row, 'last_used_at'),
  revokedAt: textOrNull(row, 'revoked_at'),
});

function toEntry(row: SqliteRow): [string, Entry] {
  const stored = row['hash'];
  if (!(stored instanceof Uint8Array)) throw new Error(`The API key ${text(row, 'key_id')} is damaged`);
  const hash = Buffer.from(stored);
  return [hash.toString('base64url'), { hash, identity: { id: text(row, 'key_id'), roles: [roleOf(row)] } }];
}
