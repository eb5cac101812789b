/**
 * EasyPost's HTTP API, as far as labels need it: https://docs.easypost.com/docs/shipments, https://docs.easypost.com/docs/errors.
 * Spoken directly, without its SDK (docs/decisions/131).
 */
import { CarrierUnavailable } from './carrier.port.js';
import { refusalIn, type Refusal } from './easypost-mapping.js';

export type EasyPostAccess = {
  /** `EZAK…`, or `EZTK…` for tests. */
  readonly apiKey: string;
  /** Where the API is, `https://api.easypost.com` unless said otherwise. */
  readonly apiBase: string | null;
};

/** A call is given up after thirty seconds; what EasyPost says until then is worth more. */
const TIMEOUT_MS = 25_000;
const UNAUTHORIZED = [401, 403];
const PAYMENT_REQUIRED = 402;
const TOO_MANY = [408, 429];
/** The carrier behind EasyPost did not answer in time; whether it sold the label is told by the shipment. */
const LATER: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'SHIPMENT.POSTAGE.TIMED_OUT',
  'SHIPMENT.POSTAGE.NO_RESPONSE',
  'SHIPMENT.RATES.UNAVAILABLE',
]);

/** A no that stays no. Without the texts of the answer, which may repeat an address. */
export class EasyPostRefused extends Error {
  override readonly name = 'EasyPostRefused';
  constructor(
    readonly status: number,
    readonly refusal: Refusal,
  ) {
    super(`EasyPost: ${status} ${refusal.code}`);
  }
}

export class EasyPostApi {
  readonly #base: string;
  readonly #authorization: string;

  constructor({ apiKey, apiBase }: EasyPostAccess) {
    this.#base = `${(apiBase ?? 'https://api.easypost.com').replace(/\/+$/, '')}/v2`;
    this.#authorization = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`;
  }

  get(path: string, signal?: AbortSignal): Promise<unknown> {
    return this.#ask('GET', path, undefined, signal);
  }

  post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    return this.#ask('POST', path, body, signal);
  }

  /** A label's file, wherever EasyPost keeps it. @throws CarrierUnavailable */
  async file(url: string): Promise<Uint8Array> {
    const response = await this.#send(url, {});
    if (!response.ok) throw new CarrierUnavailable(`EasyPost: the file of the label was answered with ${response.status}`);
    return new Uint8Array(await response.arrayBuffer().catch(unreachable));
  }

  /** @throws EasyPostRefused a final no; CarrierUnavailable anything else, a lost answer among it */
  async #ask(method: 'GET' | 'POST', path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const headers = { authorization: this.#authorization, accept: 'application/json', 'content-type': 'application/json' };
    const response = await this.#send(
      `${this.#base}${path}`,
      { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) },
      signal,
    );
    const text = await response.text().catch(unreachable);
    const answer = parsed(text);
    if (response.ok && answer !== undefined) return answer;
    throw refused(response.status, refusalIn(answer));
  }

  async #send(url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    return fetch(url, { ...init, signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) }).catch(unreachable);
  }
}

function refused(status: number, refusal: Refusal): EasyPostRefused | CarrierUnavailable {
  if (UNAUTHORIZED.includes(status))
    return new CarrierUnavailable('EasyPost does not know this key, or it may not buy labels: set EASYPOST_API_KEY to one of the account');
  if (status === PAYMENT_REQUIRED) return new CarrierUnavailable('EasyPost wants money first: top up the account');
  const isFinal = status >= 400 && status < 500 && !TOO_MANY.includes(status) && !LATER.has(refusal.code);
  return isFinal ? new EasyPostRefused(status, refusal) : new CarrierUnavailable(`EasyPost: ${status} ${refusal.code}`);
}

function unreachable(error: unknown): never {
  throw new CarrierUnavailable('EasyPost cannot be reached, or its answer was lost', { cause: error });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
