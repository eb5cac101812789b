/**
 * `access.sqlite` in the data folder: API keys and browser sessions (hashed), and the secrets that sign customer sessions
 * and the like. A file of its own, so that neither the log nor the views ever hold anything one could sign in with.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type DatabaseSync } from '../eventing/sql/sqlite.js';
import { KeptFile } from '../shared/kept-file.js';

const SCHEMA = `
  create table if not exists api_keys (
    key_id text primary key,
    hash blob not null unique,
    role text not null,
    label text not null,
    created_at text not null,
    created_by text not null,
    last_used_at text,
    revoked_at text,
    command_id text unique,
    command_hash text
  ) strict;
  create table if not exists browser_sessions (
    digest text primary key,
    area text not null,
    principal_id text not null,
    roles text not null,
    order_id text,
    key_id text,
    key_proof blob,
    created_at integer not null,
    expires_at integer not null
  ) strict;
  create index if not exists browser_sessions_by_end on browser_sessions (expires_at);
  create table if not exists secrets (name text primary key, value blob not null) strict;
`;

export class AccessStore {
  readonly database: DatabaseSync;

  /** Opens (and at first start makes) the file in `dataDir`. */
  constructor(dataDir: string) {
    this.database = new KeptFile(join(dataDir, 'access.sqlite'), SCHEMA).database;
  }

  /** 256 random bits under a name, made when first asked for and the same ever after. */
  secret(name: string): Uint8Array {
    this.database.prepare('insert into secrets (name, value) values (?, ?) on conflict do nothing').run(name, randomBytes(32));
    const value = this.database.prepare('select value from secrets where name = ?').get(name)?.['value'];
    if (!(value instanceof Uint8Array)) throw new Error(`The secret ${name} in access.sqlite is damaged`);
    return value;
  }

  /** Changes whenever another process (the CLI) has written to the file. */
  version(): number {
    return Number(this.database.prepare('pragma data_version').get()?.['data_version']);
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }
}
