/**
 * Personal data, outside the log: names, addresses and whatever people wrote, in `vault.sqlite` of the data folder. The
 * log holds only the references made here, so that a person can be forgotten without touching history.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { v5 as uuidv5 } from 'uuid';
import { inTransaction, openSqlite, type DatabaseSync, type SqliteStatement } from '../eventing/sql/sqlite.js';
import type { Clock } from '../shared/clock.js';

export type Address = {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
};
export type Contact = {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: Address | null;
};

const NAMESPACE = '0c6a8f4e-91d2-5e53-8a77-3a1c0d9b52f1';
const SCHEMA = `
  create table if not exists contacts (ref text primary key, contact text not null, changed_at text not null) strict, without rowid;
  create table if not exists texts (ref text primary key, subject_ref text not null, text text not null, written_at text not null) strict, without rowid;
  create index if not exists texts_of_subject on texts (subject_ref);
`;

type Write = { readonly run: () => void; readonly done: () => void; readonly failed: (error: unknown) => void };
type Statements = Readonly<Record<'getContact' | 'putContact' | 'dropContact' | 'getText' | 'putText', SqliteStatement>>;

export class ContactsStore {
  readonly #database: DatabaseSync;
  readonly #sql: Statements;
  #queue: Write[] = [];

  /** Opens (and at first start makes) the file in `dataDir`. */
  constructor(
    dataDir: string,
    private readonly clock: Clock,
  ) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    this.#database = openSqlite(join(dataDir, 'vault.sqlite'), { synchronous: 'FULL' });
    this.#database.exec(SCHEMA);
    const prepare = (sql: string): SqliteStatement => this.#database.prepare(sql);
    this.#sql = {
      getContact: prepare('select contact from contacts where ref = ?'),
      putContact: prepare(
        'insert into contacts values (?, ?, ?) on conflict (ref) do update set contact = excluded.contact, changed_at = excluded.changed_at',
      ),
      dropContact: prepare('delete from contacts where ref = ?'),
      getText: prepare('select text from texts where ref = ?'),
      putText: prepare('insert into texts values (?, ?, ?, ?) on conflict (ref) do nothing'),
    };
  }

  /** The reference of an order's contact: always the same for the same order, so that an order sent again is the same order. */
  contactRefOf(orderId: string): string {
    return uuidv5(`contact ${orderId}`, NAMESPACE);
  }

  /** Keeps the contact as it is now; what was known before is gone. */
  async putContact(contactRef: string, contact: Contact): Promise<void> {
    const json = JSON.stringify(contact);
    if (this.#sql.getContact.get(contactRef)?.['contact'] === json) return;
    await this.#write(() => this.#sql.putContact.run(contactRef, json, this.#now()));
  }

  /** Forgets a contact that nothing refers to. */
  async removeContact(contactRef: string): Promise<void> {
    await this.#write(() => this.#sql.dropContact.run(contactRef));
  }

  async getContact(contactRef: string): Promise<Contact | undefined> {
    const json = this.#sql.getContact.get(contactRef)?.['contact'];
    return typeof json === 'string' ? (JSON.parse(json) as Contact) : undefined;
  }

  /**
   * Keeps a text somebody wrote about a subject (a contact's or another reference). The same text about the same subject
   * has the same reference, so that a repeated command is the same command.
   */
  async putText(subjectRef: string, text: string): Promise<string> {
    // As bytes: half a character, which no text may be refused for, is one too many for a name.
    const ref = uuidv5(Buffer.from(`text ${subjectRef} ${text}`), NAMESPACE);
    if (this.#sql.getText.get(ref) === undefined) await this.#write(() => this.#sql.putText.run(ref, subjectRef, text, this.#now()));
    return ref;
  }

  async getText(ref: string): Promise<string | undefined> {
    const text = this.#sql.getText.get(ref)?.['text'];
    return typeof text === 'string' ? text : undefined;
  }

  close(): void {
    this.#flush();
    if (this.#database.isOpen) this.#database.close();
  }

  #now(): string {
    return this.clock().toISOString();
  }

  /** Writes that come together share one transaction and one wait for the disk. */
  #write(run: () => void): Promise<void> {
    return new Promise((done, failed) => {
      this.#queue.push({ run, done, failed });
      if (this.#queue.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const writes = this.#queue;
    this.#queue = [];
    if (writes.length === 0) return;
    try {
      inTransaction(this.#database, () => writes.forEach(({ run }) => run()));
      for (const { done } of writes) done();
    } catch (error) {
      for (const { failed } of writes) failed(error);
    }
  }
}
