/**
 * Sessions of the web pages: a person signs in once with a bearer credential and is known by a cookie from then on. The
 * cookie is 256 random bits; stored are its SHA-256, who it is and until when. What was looked up once is kept in memory,
 * so that a request costs no read of the disk.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { SqliteRow } from '../eventing/sql/sqlite.js';
import type { Clock } from '../shared/clock.js';
import { unlessHeldUp } from '../shared/kept-file.js';
import { sameBytes } from '../shared/same-bytes.js';
import { ROLES, type Identity } from './access.js';
import { type AccessStore } from './access.store.js';
import { digestOf, type ApiKeys } from './api-keys.js';
import type { Credential } from './authentication.js';

/** A customer and a clerk can be signed in side by side in one browser. */
export const AREAS = ['customer', 'staff'] as const;
export type Area = (typeof AREAS)[number];

export type BrowserSession = {
  readonly area: Area;
  readonly identity: Identity;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
  /** What pages send with every write; derived from the session's id, which no page can read. */
  readonly csrfToken: string;
};
/** `id` goes into the cookie and nowhere else. */
export type OpenedSession = { readonly id: string; readonly session: BrowserSession };

const STAFF_MS = 12 * 60 * 60 * 1000;
const MOST_KNOWN = 10_000;
const REFRESH_MS = 1000;
const SESSION_ID = /^[\w-]{43}$/;

/** `keyId`: the API key it came from, which it ends with; null when it came from a token. `expires`: milliseconds since 1970. */
type Known = { readonly session: BrowserSession; readonly keyId: string | null; readonly expires: number };

export class BrowserSessions {
  readonly #known = new LRUCache<string, Known>({ max: MOST_KNOWN });
  readonly #secret: Uint8Array;
  readonly #timer: NodeJS.Timeout;
  #version: number;

  constructor(
    private readonly store: AccessStore,
    private readonly keys: ApiKeys,
    private readonly clock: Clock,
  ) {
    this.#secret = store.secret('browser-sessions');
    this.#version = store.version();
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS).unref();
  }

  /** A session for whoever has shown this credential: staff for 12 hours at most, never longer than the credential. */
  open({ identity, expires, isKey }: Credential): OpenedSession {
    const now = this.clock().getTime();
    const area: Area = identity.orderId === undefined ? 'staff' : 'customer';
    const ends = Math.min(Math.floor(expires * 1000), area === 'staff' ? now + STAFF_MS : Infinity);
    const id = randomBytes(32).toString('base64url');
    const keyHash = isKey ? this.keys.use(identity.id) : undefined;
    this.#sweep(now);
    this.store.database
      .prepare(
        'insert into browser_sessions (digest, area, principal_id, roles, order_id, key_id, key_proof, created_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        digestOf(id),
        area,
        identity.id,
        identity.roles.join(' '),
        identity.orderId ?? null,
        isKey ? identity.id : null,
        keyHash === undefined ? null : proofOf(keyHash, id),
        now,
        ends,
      );
    return { id, session: { area, identity, expiresAt: new Date(ends).toISOString(), csrfToken: this.#csrfTokenOf(id) } };
  }

  /** The session with this id, while it lasts and its API key is not revoked. */
  find(area: Area, id: string): BrowserSession | undefined {
    if (!SESSION_ID.test(id)) return undefined;
    const digest = digestOf(id);
    const known = this.#known.get(digest) ?? this.#read(digest, id);
    if (known === undefined || known.session.area !== area || known.expires <= this.clock().getTime()) return undefined;
    if (known.keyId !== null && this.keys.use(known.keyId) === undefined) return undefined;
    return known.session;
  }

  end(id: string): void {
    const digest = digestOf(id);
    this.#known.delete(digest);
    this.store.database.prepare('delete from browser_sessions where digest = ?').run(digest);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #read(digest: string, id: string): Known | undefined {
    const row = this.store.database.prepare('select * from browser_sessions where digest = ?').get(digest);
    if (row === undefined) return undefined;
    const known = knownFrom(row, this.#csrfTokenOf(id));
    if (known.keyId !== null && !this.#isFromPresentKey(known.keyId, row, id)) return undefined;
    this.#known.set(digest, known);
    return known;
  }

  /** The preset admin key may be another one since the last start, under the same id. */
  #isFromPresentKey(keyId: string, row: SqliteRow, id: string): boolean {
    const [hash, proof] = [this.keys.use(keyId), row['key_proof']];
    return hash !== undefined && proof instanceof Uint8Array && timingSafeEqual(proofOf(hash, id), proof);
  }

  #csrfTokenOf(id: string): string {
    return createHmac('sha256', this.#secret).update(`csrf ${id}`).digest('base64url');
  }

  /** Another process may have ended some. */
  #refresh(): void {
    unlessHeldUp(() => {
      const version = this.store.version();
      if (version === this.#version) return;
      this.#version = version;
      this.#known.clear();
    });
  }

  #sweep(now: number): void {
    this.store.database
      .prepare('delete from browser_sessions where expires_at <= ? or key_id in (select key_id from api_keys where revoked_at is not null)')
      .run(now);
  }
}

/** Compared in constant time. @param sent the request's header, whatever it is */
export function isCsrfTokenOf({ csrfToken }: BrowserSession, sent: unknown): boolean {
  const [right, given] = [Buffer.from(csrfToken), Buffer.from(typeof sent === 'string' ? sent : '')];
  return sameBytes(given, right);
}

/** Nothing to guess a key from: the id that goes into it is not stored. */
const proofOf = (keyHash: Uint8Array, id: string): Buffer => createHmac('sha256', keyHash).update(id).digest();

function knownFrom(row: SqliteRow, csrfToken: string): Known {
  const area = AREAS.find((each) => each === row['area']);
  const { principal_id: id, roles, order_id: orderId, key_id: keyId, expires_at: expires } = row;
  if (area === undefined || typeof id !== 'string' || typeof roles !== 'string' || typeof expires !== 'number')
    throw new Error('A browser session in access.sqlite is damaged');
  const identity = {
    id,
    roles: ROLES.filter((role) => roles.split(' ').includes(role)),
    ...(typeof orderId === 'string' ? { orderId } : {}),
  };
  return {
    session: { area, identity, expiresAt: new Date(expires).toISOString(), csrfToken },
    keyId: typeof keyId === 'string' ? keyId : null,
    expires,
  };
}
