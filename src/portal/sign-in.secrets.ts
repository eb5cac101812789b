/**
 * What stands in `signin.sqlite` instead of codes, addresses and order numbers. All of it hangs on one secret, which lies
 * in another file: the database alone tells nothing and opens nothing.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { plainSigns } from '../shared/plain-signs.js';
import { codeKey } from '../shared/scanned-code.js';

export const CODE_DIGITS = 8;
const CODES = 10n ** BigInt(CODE_DIGITS);
const IV_BYTES = 12;
const TAG_BYTES = 16;

export class SignInSecrets {
  /** @param secret 256 random bits */
  constructor(private readonly secret: Uint8Array) {}

  /** 128 bits that name a request or a code; the same for the same `parts`, random without any. */
  id(...parts: readonly string[]): string {
    const bytes = parts.length === 0 ? randomBytes(16) : this.#keyed('id', JSON.stringify(parts)).subarray(0, 16);
    return bytes.toString('hex');
  }

  /**
   * The eight digits that belong to a code's id. They are computed when they are mailed and when they are checked, and
   * stored nowhere; who knows the id but not the secret knows nothing about them.
   */
  code(codeId: string): string {
    return (this.#keyed('code', codeId).readBigUInt64BE() % CODES).toString().padStart(CODE_DIGITS, '0');
  }

  /** Takes the same time however much of it is right. @param typed eight digits */
  isCode(codeId: string, typed: string): boolean {
    return timingSafeEqual(this.#keyed('equal', this.code(codeId)), this.#keyed('equal', typed));
  }

  numberKey = (orderNumber: string): Uint8Array => this.#keyed('number', codeKey(orderNumber));
  /** A copied address brings signs along that nobody sees; the mail itself goes to the address that the order has. */
  addressKey = (email: string): Uint8Array => this.#keyed('address', plainSigns(email).toLowerCase());
  /** What is counted together under one limit. */
  bucket = (limit: string, of: string): Uint8Array => this.#keyed('limit', JSON.stringify([limit, of]));

  /** Readable again with {@link unseal}. */
  seal(text: string): Uint8Array {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keyed('seal', ''), iv);
    const sealed = [cipher.update(text, 'utf8'), cipher.final()];
    return Buffer.concat([iv, cipher.getAuthTag(), ...sealed]);
  }

  /** @throws Error the bytes were not sealed with this secret */
  unseal(sealed: Uint8Array): string {
    const decipher = createDecipheriv('aes-256-gcm', this.#keyed('seal', ''), sealed.subarray(0, IV_BYTES));
    decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  #keyed(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.secret).update(`${purpose}\n${text}`).digest();
  }
}

/** Who counts as one client: an IPv4 address, or an IPv6 network of 64 bits, which one household has to itself. */
export function clientOf(address: string): string {
  const plain = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after].slice(0, 4).join(':');
}
