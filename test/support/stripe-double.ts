/**
 * Stripe's refunds as its documentation has them, over HTTP on a free port: https://docs.stripe.com/api/refunds,
 * https://docs.stripe.com/api/idempotent_requests, https://docs.stripe.com/error-codes.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export const STRIPE_TEST_KEY = 'sk_test_double';

type Charge = { readonly amount: number; readonly captured: number; readonly currency: string; readonly isDisputed: boolean };
export type StripeRefund = {
  readonly id: string;
  readonly object: 'refund';
  readonly amount: number;
  readonly currency: string;
  readonly charge: string | null;
  readonly payment_intent: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: string;
  readonly failure_reason: string | null;
  readonly created: number;
};
export type StripeDispute = {
  readonly id: string;
  readonly object: 'dispute';
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
  readonly payment_intent: string;
  readonly charge: string;
};
const chargeOf = (intent: string): string => `ch_of_${intent.slice(3)}`;

/** What goes wrong with the next request that moves money. */
export type Trouble = 'reset_before' | 'reset_after' | 'lost_answer_500' | 'rate_limit' | 'lock_timeout' | 'conflict' | 'garbage';

type Answer = { readonly status: number; readonly body: unknown };
type Kept = { readonly params: string; readonly answer: Answer };

export class StripeDouble {
  /** What became of new refunds, by payment; `succeeded` unless said otherwise. */
  readonly outcomes = new Map<string, { readonly status: string; readonly failure_reason?: string }>();
  readonly troubles: Trouble[] = [];
  /** What goes wrong with a request when nothing else is planned, also with those that only look; nothing unless said otherwise. */
  mood: () => Trouble | undefined = () => undefined;
  /** Told of every refund that is made. */
  made: (refund: StripeRefund) => void = () => undefined;
  readonly refunds: StripeRefund[] = [];
  /** Bodies of the requests for a refund, in order. */
  readonly asked: URLSearchParams[] = [];
  readonly #charges = new Map<string, Charge>();
  readonly #disputes = new Map<string, StripeDispute>();
  #keys = new Map<string, Kept>();
  #serial = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** A payment that can be refunded. @param id `pi_…` or `ch_…` */
  paid(id: string, amount: number, { currency = 'eur', isDisputed = false, captured = amount } = {}): void {
    this.#charges.set(id, { amount, captured, currency, isDisputed });
  }

  /** Somebody gives money back in the dashboard, or Stripe lets go of what was not captured. */
  refundElsewhere(payment: string, amount: number): StripeRefund {
    this.#execute(new URLSearchParams({ [payment.startsWith('pi_') ? 'payment_intent' : 'charge']: payment, amount: String(amount) }));
    return this.refunds.at(-1)!;
  }

  /** The cardholder's bank takes it back. @returns the dispute; the same id again changes its status */
  dispute(id: string, payment: string, amount: number, status = 'needs_response'): StripeDispute {
    const dispute = { id, object: 'dispute', amount, currency: 'eur', status, payment_intent: payment, charge: chargeOf(payment) } as const;
    this.#disputes.set(id, dispute);
    return dispute;
  }

  /** As after a day. */
  forgetKeys(): void {
    this.#keys = new Map();
  }

  change(id: string, status: string, failureReason: string | null = null): void {
    const index = this.refunds.findIndex((refund) => refund.id === id);
    this.refunds[index] = { ...this.refunds[index]!, status, failure_reason: failureReason };
  }

  /** What has left the account for a payment, as its own books say. */
  givenBack(payment: string): number {
    return this.#of(payment)
      .filter(({ status }) => status !== 'failed' && status !== 'canceled')
      .reduce((sum, { amount }) => sum + amount, 0);
  }

  #of(payment: string): readonly StripeRefund[] {
    return this.refunds.filter((refund) => refund.payment_intent === payment || refund.charge === payment);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { status, body: answer } = this.#answer(request, body, response);
    if (response.destroyed) return;
    response.writeHead(status, { 'content-type': 'application/json', 'request-id': `req_${(this.#serial += 1)}` });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }

  #answer(request: IncomingMessage, body: string, response: ServerResponse): Answer {
    if (request.headers.authorization !== `Bearer ${STRIPE_TEST_KEY}`)
      return failed(401, { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****' });
    const trouble = (request.method === 'GET' ? undefined : this.troubles.shift()) ?? this.mood();
    if (trouble === 'reset_before') response.destroy();
    const early = trouble === undefined ? undefined : BEFORE[trouble];
    if (early !== undefined) return early;
    const answer = this.#route(request, body);
    if (trouble === 'reset_after') response.destroy();
    if (trouble === 'garbage') return { status: 200, body: '<html>502 Bad Gateway</html>' };
    return trouble === 'lost_answer_500' ? failed(500, { type: 'api_error', message: 'An unknown error occurred' }) : answer;
  }

  #route({ method, url, headers }: IncomingMessage, body: string): Answer {
    const { pathname, searchParams } = new URL(url ?? '/', 'http://double');
    if (method === 'POST' && pathname === '/v1/refunds') return this.#once(String(headers['idempotency-key'] ?? ''), body);
    if (method === 'GET' && pathname === '/v1/refunds') return this.#list(searchParams);
    const [, kind, id = ''] = /^\/v1\/(refunds|disputes|charges|payment_intents)\/(\w+)$/.exec(pathname) ?? [];
    if (kind === 'charges' || kind === 'payment_intents') return this.#paymentCalled(id);
    const found = kind === 'refunds' ? this.refunds.find((refund) => refund.id === id) : this.#disputes.get(id);
    return found === undefined ? missing(kind ?? 'route', id) : { status: 200, body: found };
  }

  /** The first answer under a key is every answer under it; another body under the same key is refused. */
  #once(key: string, body: string): Answer {
    const kept = this.#keys.get(key);
    if (kept !== undefined && kept.params !== body)
      return failed(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with.`,
      });
    if (kept !== undefined) return kept.answer;
    const answer = this.#execute(new URLSearchParams(body));
    if (key !== '') this.#keys.set(key, { params: body, answer });
    return answer;
  }

  #execute(params: URLSearchParams): Answer {
    this.asked.push(params);
    const payment = params.get('payment_intent') ?? params.get('charge') ?? '';
    const charge = this.#charges.get(payment);
    if (charge === undefined) return missing(payment.startsWith('pi_') ? 'payment_intent' : 'charge', payment);
    if (charge.isDisputed)
      return failed(400, {
        type: 'invalid_request_error',
        code: 'charge_disputed',
        message: `Charge ${payment} has been charged back; cannot issue a refund.`,
      });
    const left = charge.amount - this.givenBack(payment);
    if (left === 0)
      return failed(400, {
        type: 'invalid_request_error',
        code: 'charge_already_refunded',
        message: `Charge ${payment} has already been refunded.`,
      });
    const amount = Number(params.get('amount') ?? left);
    if (amount > left)
      return failed(400, {
        type: 'invalid_request_error',
        message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
        param: 'amount',
      });
    const metadata = Object.fromEntries(
      [...params].flatMap(([name, value]) => (/^metadata\[(\w+)\]$/.test(name) ? [[name.slice(9, -1), value]] : [])),
    );
    const { status = 'succeeded', failure_reason = null } = this.outcomes.get(payment) ?? {};
    const isIntent = payment.startsWith('pi_');
    const refund: StripeRefund = {
      ...{ id: `re_${(this.#serial += 1)}`, object: 'refund', amount, currency: charge.currency, metadata, status, failure_reason },
      ...{
        charge: isIntent ? chargeOf(payment) : payment,
        payment_intent: isIntent ? payment : null,
        created: 1_790_000_000 + this.#serial,
      },
    };
    this.refunds.push(refund);
    this.made(refund);
    return { status: 200, body: refund };
  }

  #paymentCalled(id: string): Answer {
    const charge = this.#charges.get(id) ?? this.#charges.get(id.replace('ch_of_', 'pi_'));
    if (charge === undefined) return missing(id.startsWith('pi_') ? 'payment_intent' : 'charge', id);
    return { status: 200, body: { id, amount: charge.amount, amount_captured: charge.captured, currency: charge.currency } };
  }

  /** Newest first, page by page. */
  #list(query: URLSearchParams): Answer {
    const payment = query.get('payment_intent') ?? query.get('charge');
    if (payment !== null && !this.#charges.has(payment) && this.#of(payment).length === 0)
      return missing(payment.startsWith('pi_') ? 'payment_intent' : 'charge', payment);
    const all = [...(payment === null ? this.refunds : this.#of(payment))].reverse();
    const since = Number(query.get('created[gte]') ?? 0);
    const recent = all.filter(({ created }) => created >= since);
    const after = query.get('starting_after');
    const rest = after === null ? recent : recent.slice(recent.findIndex(({ id }) => id === after) + 1);
    const limit = Number(query.get('limit') ?? 10);
    return { status: 200, body: { object: 'list', url: '/v1/refunds', has_more: rest.length > limit, data: rest.slice(0, limit) } };
  }
}

function failed(status: number, error: Readonly<Record<string, string>>): Answer {
  return { status, body: { error } };
}
const missing = (what: string, id: string): Answer =>
  failed(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}: '${id}'` });

const BEFORE: Readonly<Partial<Record<Trouble, Answer>>> = {
  reset_before: { status: 0, body: '' },
  rate_limit: failed(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests' }),
  lock_timeout: failed(429, {
    type: 'invalid_request_error',
    code: 'lock_timeout',
    message: 'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
  }),
  conflict: failed(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: 'There is currently another in-progress request using this Idempotent Key',
  }),
};
