import {
  PaymentNotExecuted,
  PaymentProviders,
  type PaymentProvider,
  type ProviderAnswer,
  type RefundRequest,
} from '../../src/payments/payment.port.js';
import { payoutProcess } from '../../src/payments/payout.process.js';
import { SimulatedPayments } from '../../src/payments/simulated.adapter.js';
import { StoreCredit } from '../../src/payments/store-credit.adapter.js';
import type { Payment } from '../../src/returns/rules/returns.events.js';
import type { Payout } from '../../src/returns/rules/returns.state.js';
import { payoutReason } from '../../src/returns/words/reason.words.js';
import { OutsideCalls, type OutsideCallsOptions } from '../../src/shared/outside-calls.js';
import { card, file, order, policy, receive, scanned, wish } from '../rules/returns.scenes.js';
import type { ReturnsDesk } from './returns-worker.js';

export const NEVER = new Promise<never>(() => undefined);

/** A provider in front of another one that can be told to misbehave; counts what it is asked. */
export class Faulty implements PaymentProvider {
  readonly simulated = true;
  readonly asked: string[] = [];
  beforeCall: (request: RefundRequest) => Promise<void> | void = () => undefined;
  afterCall: (request: RefundRequest) => Promise<void> | void = () => undefined;
  onStatus: () => Promise<void> | void = () => undefined;

  constructor(
    private readonly inner: PaymentProvider,
    readonly id = 'simulated',
  ) {}

  async refund(request: RefundRequest, signal: AbortSignal): Promise<ProviderAnswer> {
    this.asked.push(request.key);
    await this.beforeCall(request);
    const answer = await this.inner.refund(request, signal);
    await this.afterCall(request);
    return answer;
  }

  async status(request: RefundRequest, signal: AbortSignal) {
    await this.onStatus();
    return this.inner.status(request, signal);
  }
}

export const down = (): never => {
  throw new PaymentNotExecuted('down for maintenance');
};

export const simulated = (file = ':memory:'): SimulatedPayments =>
  new SimulatedPayments({ file, clock: () => new Date(), lateFailureMs: 0 });

export const payouts = (desk: ReturnsDesk, providers: readonly PaymentProvider[], outside: OutsideCallsOptions = {}) =>
  payoutProcess({
    queries: desk.queries,
    commands: desk.commands,
    providers: new PaymentProviders([new StoreCredit(), ...providers]),
    outside: new OutsideCalls(outside),
    clock: () => new Date(),
  });

/** A cap for 5.00 of the order came back: 5.00 is owed through its payment. */
export async function capReturned(
  desk: ReturnsDesk,
  orderId: string,
  payment: Partial<Payment> = {},
  outcome: 'original_payment' | 'store_credit' = 'original_payment',
): Promise<void> {
  const terms = policy({ outboundShipping: 'never', storeCreditBonusBp: 1000 });
  await desk.ask(
    orderId,
    order({ payments: [card(3370, 'card', payment)] }),
    file([wish('cap')], { orderId, method: 'in_store', outcome, policy: terms }),
    receive('scan-1', [scanned('cap')], { returnId: `${orderId}-R1`, trackingNumber: null }),
  );
}

export const payoutOf = async (desk: ReturnsDesk, orderId: string): Promise<Payout> =>
  (await desk.stateOf(orderId)).returns[0]!.refunds[0]!.payouts[0]!;
/** Why the payout hangs, as finance reads it. */
export async function whyItHangs(desk: ReturnsDesk, orderId: string): Promise<string | null> {
  const { reason, provider } = await payoutOf(desk, orderId);
  return payoutReason(reason, provider, await desk.texts.readAll(reason));
}
export const until = (desk: ReturnsDesk, orderId: string, state: Payout['state']): Promise<unknown> =>
  desk.until(orderId, (now) => now.returns[0]?.refunds[0]?.payouts[0]?.state === state, `${orderId} ${state}`);
export const moneyEvents = async (desk: ReturnsDesk, orderId: string): Promise<readonly string[]> =>
  (await desk.log(orderId)).filter((type) => /^Refund|^StoreCredit/.test(type));
