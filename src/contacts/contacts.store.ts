/**
 * Personal data, outside the log: names, addresses and whatever people wrote, in `vault.sqlite` of the data folder. The
 * log holds only the references made here, so that a person can be forgotten without touching history.
 */
import { join } from 'node:path';
import { v5 as uuidv5 } from 'uuid';
import { type SqliteStatement } from '../eventing/sql/sqlite.js';
import type { Clock } from '../shared/clock.js';
import { KeptFile } from '../shared/kept-file.js';

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

type Statements = Readonly<Record<'getContact' | 'putContact' | 'dropContact' | 'getText' | 'putText', SqliteStatement>>;

export class ContactsStore {
  readonly #file: KeptFile;
  readonly #sql: Statements;

  /** Opens (and at first start makes) the file in `dataDir`. */
  constructor(
    dataDir: string,
    private readonly clock: Clock,
  ) {
    this.#file = new KeptFile(join(dataDir, 'vault.sqlite'), SCHEMA);
    const prepare = (sql: string): SqliteStatement => this.#file.database.prepare(sql);
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
    await this.#file.inGroup(() => this.#sql.putContact.run(contactRef, json, this.#now()));
  }

  /** Forgets a contact that nothing refers to. */
  async removeContact(contactRef: string): Promise<void> {
    await this.#file.inGroup(() => this.#sql.dropContact.run(contactRef));
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
    if (this.#sql.getText.get(ref) === undefined) await this.#file.inGroup(() => this.#sql.putText.run(ref, subjectRef, text, this.#now()));
    return ref;
  }

  async getText(ref: string): Promise<string | undefined> {
    const text = this.#sql.getText.get(ref)?.['text'];
    return typeof text === 'string' ? text : undefined;
  }

  close(): void {
    this.#file.close();
  }

  #now(): string {
    return this.clock().toISOString();
  }
}
