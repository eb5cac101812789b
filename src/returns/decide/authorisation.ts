/** Decisions about whether a return may happen: filing, approving, reviewing, declining, cancelling, closing. */
import type { Method, Outcome, PolicyDocument } from '../../policy/policy.events.js';
import type { Condition, ReviewReason } from '../returns.events.js';

type On<Type extends string, Fields> = { readonly rail: 'authorisation'; readonly type: Type; readonly at: string; readonly returnId: string } & Fields;
export type FiledLine = {
  readonly lineId: string;
  readonly quantity: number;
  readonly reason: string;
  readonly condition: Condition;
  /** Reference into the contacts store; the text itself never gets here. */
  readonly noteRef: string | null;
  readonly photoRefs: readonly string[];
};
export type FileReturn = {
  readonly rail: 'authorisation';
  readonly type: 'FileReturn';
  readonly at: string;
  /** The order whose stream this is; names the new return. */
  readonly orderId: string;
  readonly lines: readonly FiledLine[];
  readonly outcome: Outcome;
  readonly method: Method;
  /** The policy version in force, gathered by the handler. */
  readonly policy: { readonly policyId: string; readonly version: number; readonly document: PolicyDocument };
  /** Carrier that issues the label. */
  readonly carrier: string;
};
export type ApproveReturn = On<'ApproveReturn', unknown>;
export type SendReturnToReview = On<'SendReturnToReview', { readonly reasons: readonly ReviewReason[] }>;
export type DeclineReturn = On<'DeclineReturn', { readonly code: string; readonly noteRef: string | null }>;
export type CancelReturn = On<'CancelReturn', { readonly by: 'customer' | 'staff'; readonly reason: string }>;
export type CloseReturn = On<'CloseReturn', { readonly reason: string }>;
export type ReopenReturn = On<'ReopenReturn', { readonly reason: string }>;
/** The timer's question: has it been unshipped for longer than its terms allow? */
export type ExpireReturn = On<'ExpireReturn', unknown>;
export type AuthorisationCommand =
  | FileReturn | ApproveReturn | SendReturnToReview | DeclineReturn | CancelReturn | CloseReturn | ReopenReturn | ExpireReturn;
