/** Decisions about money: manual refunds, what became of each payout, and what people do with hanging ones. */
import type { Destination } from '../returns.events.js';

type On<Type extends string, Fields> = { readonly rail: 'refund'; readonly type: Type; readonly at: string; readonly returnId: string } & Fields;
type OnPayout<Type extends string, Fields> = On<Type, { readonly refundId: string; readonly paymentId: string } & Fields>;

/** Finance decides; without an amount everything left of the return's units. */
export type RefundManually = On<'RefundManually', { readonly amountMinor: number | null; readonly reason: string }>;
/** The payout process is about to call the provider; records the intent and its key. */
export type SubmitPayout = OnPayout<'SubmitPayout', unknown>;
/** What the call came to, or what the provider told later. `key` names the submission it is about. */
export type RecordPayoutOutcome = OnPayout<
  'RecordPayoutOutcome',
  {
    readonly key: string;
    readonly outcome:
      | { readonly kind: 'succeeded'; readonly providerRefundId: string }
      | { readonly kind: 'pending'; readonly providerRefundId: string }
      | { readonly kind: 'declined'; readonly code: string }
      | { readonly kind: 'credited'; readonly creditRef: string }
      | { readonly kind: 'in_doubt'; readonly reason: string }
      | { readonly kind: 'parked'; readonly reason: string; readonly attempts: number };
  }
>;
/** `paymentId` null in the commands below: every payout of the refund that hangs. */
type OnRefund<Type extends string, Fields> = On<Type, { readonly refundId: string; readonly paymentId: string | null } & Fields>;
export type RetryRefund = OnRefund<'RetryRefund', { readonly reason: string }>;
export type SettleRefund = OnRefund<'SettleRefund', { readonly providerRefundId: string }>;
export type FailRefund = OnRefund<'FailRefund', { readonly code: string }>;
export type RerouteRefund = OnRefund<'RerouteRefund', { readonly destination: Destination; readonly toPaymentId: string | null; readonly reason: string }>;
export type RefundCommand = RefundManually | SubmitPayout | RecordPayoutOutcome | RetryRefund | SettleRefund | FailRefund | RerouteRefund;
