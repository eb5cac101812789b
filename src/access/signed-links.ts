/**
 * Links that open one address to whoever holds them, for a few minutes: for what a browser loads by itself (an image in
 * a page) and where it cannot send credentials. Nothing is stored but the signing secret.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '../shared/clock.js';
import { sameBytes } from '../shared/same-bytes.js';
import type { AccessStore } from './access.store.js';

/** `expiresAt`: ISO 8601 UTC. */
type SignedLink = { readonly url: string; readonly expiresAt: string };

const LASTS_SECONDS = 5 * 60;
/** Epoch seconds, written in one way only: what is signed is the text. */
const EXPIRES = /^[1-9]\d{0,11}$/;
/** HMAC-SHA256 in base64url. */
const SIGNATURE = /^[A-Za-z0-9_-]{43}$/;

export class SignedLinks {
  readonly #secret: Uint8Array;

  /** @param base where clients reach the service; null = links begin with the path */
  constructor(
    store: AccessStore,
    private readonly clock: Clock,
    private readonly base: string | null,
  ) {
    this.#secret = store.secret('signed-links');
  }

  /** @param path as the route sees it, e.g. `/v1/photos/abc`; it must need no escaping */
  sign(path: string): SignedLink {
    const expires = this.#now() + LASTS_SECONDS;
    const signature = this.#signatureOf(path, String(expires)).toString('base64url');
    return {
      url: `${this.base ?? ''}${path}?expires=${expires}&signature=${signature}`,
      expiresAt: new Date(expires * 1000).toISOString(),
    };
  }

  /**
   * How long the link still opens the path, in whole seconds; undefined when it does not: forged, changed, over, or no
   * link of ours at all.
   */
  secondsLeft(path: string, expires: unknown, signature: unknown): number | undefined {
    if (typeof expires !== 'string' || typeof signature !== 'string' || !EXPIRES.test(expires) || !SIGNATURE.test(signature))
      return undefined;
    const given = Buffer.from(signature, 'base64url');
    const right = this.#signatureOf(path, expires);
    if (!sameBytes(given, right)) return undefined;
    const left = Number(expires) - this.#now();
    return left > 0 ? left : undefined;
  }

  #signatureOf(path: string, expires: string): Buffer {
    return createHmac('sha256', this.#secret).update(`GET ${path} ${expires}`).digest();
  }

  #now(): number {
    return Math.floor(this.clock().getTime() / 1000);
  }
}
