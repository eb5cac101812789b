/**
 * Mail without a mail server: each is an `.eml` file in the folder `outbox` of the data folder, with what the outbox page
 * shows beside it as JSON. The oldest go when there are many.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Clock } from '../shared/clock.js';
import type { Mail, MailPort } from './mail.port.js';
import { messageOf } from './message.js';

/** `name`: how its files are called; `at`: ISO 8601 UTC. */
type OutboxMail = Mail & { readonly name: string; readonly at: string };

const MOST_KEPT = 200;
/** Time and id; nothing else is ever looked for in the folder. */
const NAME = /^\d{8}T\d{9}Z-[A-Za-z0-9_-]{1,80}$/;

/** What a killed process left of a mail; it is still owed, and written anew. */
const UNFINISHED = '.part';
const isUnfinished = (file: string): boolean => file.endsWith(UNFINISHED);

export class Outbox implements MailPort {
  readonly id = 'outbox';
  readonly simulated = true;
  readonly #folder: string;
  readonly #composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(
    dataDir: string,
    private readonly from: string,
    private readonly clock: Clock,
  ) {
    this.#folder = join(dataDir, 'outbox');
    if (existsSync(this.#folder))
      for (const left of readdirSync(this.#folder).filter(isUnfinished)) rmSync(join(this.#folder, left), { force: true });
  }

  async send(mail: Mail): Promise<void> {
    const at = this.clock().toISOString();
    const name = `${at.replaceAll(/[-:.]/g, '')}-${mail.id}`;
    const { message } = await this.#composer.sendMail({ ...messageOf(mail, this.from), date: at });
    // Only its owner reads it: it holds an address and a code.
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#write(`${name}.eml`, Buffer.isBuffer(message) ? message : '');
    await this.#write(`${name}.json`, JSON.stringify({ ...mail, name, at } satisfies OutboxMail));
    for (const old of (await this.#names()).slice(MOST_KEPT))
      await Promise.all(['eml', 'json'].map((kind) => rm(join(this.#folder, `${old}.${kind}`), { force: true })));
  }

  /** Newest first. */
  async list(): Promise<readonly OutboxMail[]> {
    const mails = await Promise.all((await this.#names()).map((name) => this.find(name)));
    return mails.filter((mail) => mail !== undefined);
  }

  async find(name: string): Promise<OutboxMail | undefined> {
    const json = await this.#read(name, 'json');
    // Written above, nobody else writes there.
    return json === undefined ? undefined : (JSON.parse(json.toString('utf8')) as OutboxMail);
  }

  /** The mail as it would have gone over the wire. */
  eml(name: string): Promise<Buffer | undefined> {
    return this.#read(name, 'eml');
  }

  close(): void {
    this.#composer.close();
  }

  /** A mail that is listed is whole. */
  async #write(file: string, content: string | Buffer): Promise<void> {
    const path = join(this.#folder, file);
    await writeFile(`${path}${UNFINISHED}`, content, { mode: 0o600 });
    await rename(`${path}${UNFINISHED}`, path);
  }

  async #read(name: string, kind: 'eml' | 'json'): Promise<Buffer | undefined> {
    if (!NAME.test(name)) return undefined;
    return readFile(join(this.#folder, `${name}.${kind}`)).catch(nothingThere);
  }

  async #names(): Promise<readonly string[]> {
    const files = (await readdir(this.#folder).catch(nothingThere)) ?? [];
    return files
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -5))
      .filter((name) => NAME.test(name))
      .sort()
      .reverse();
  }
}

function nothingThere(error: unknown): undefined {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
