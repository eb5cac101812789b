/** Decisions about the order's facts: what was sold, paid, fulfilled and disputed. */
import type { OrderLine, Payment, Promotion, NetTax } from '../returns.events.js';

/** An order line as the shop tells it; `paid` is the line's total, net and tax, after all discounts. */
export type OrderLineFacts = Omit<OrderLine, 'units'> & { readonly quantity: number; readonly paid: NetTax };
export type RegisterOrder = {
  readonly rail: 'order';
  readonly type: 'RegisterOrder';
  readonly at: string;
  readonly number: string;
  readonly placedAt: string;
  readonly currency: string;
  readonly contactRef: string;
  readonly lines: readonly OrderLineFacts[];
  readonly shipping: NetTax;
  readonly payments: readonly Payment[];
  readonly promotions: readonly Promotion[];
};
export type RecordDispute = {
  readonly rail: 'order';
  readonly type: 'RecordDispute';
  readonly at: string;
  readonly disputeId: string;
  readonly paymentId: string;
  readonly amountMinor: number;
};
export type CloseDispute = {
  readonly rail: 'order';
  readonly type: 'CloseDispute';
  readonly at: string;
  readonly disputeId: string;
  readonly outcome: 'won' | 'lost';
};
export type OrderCommand = RegisterOrder | RecordDispute | CloseDispute;
