import { createHash } from 'node:crypto';
import type { PaymentProvider, ProviderAnswer, RefundRequest } from './payment.port.js';

/**
 * Store credit is issued by recording it: the event is the credit, and the shop books it from there. The reference
 * follows from the key, so it is the same however often it is asked for. It identifies the credit and is no secret; the
 * code a customer redeems is the shop's to make.
 */
export class StoreCredit implements PaymentProvider {
  readonly id = 'store_credit';
  readonly simulated = false;

  async refund({ key }: RefundRequest): Promise<ProviderAnswer> {
    return { kind: 'credited', creditRef: `credit_${createHash('sha256').update(key).digest('hex').slice(0, 24)}` };
  }

  async status(request: RefundRequest): Promise<ProviderAnswer> {
    return this.refund(request);
  }
}
