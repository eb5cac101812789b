/** Decisions about whether a return may happen: filing, approving, reviewing, declining, cancelling, closing. */
import equal from 'fast-deep-equal';
import type { Method, Outcome } from '../../../policy/rules/policy.events.js';
import { returnIdOf, type EventOf, type Reason, type ReturnsEvent, type ReviewReason } from '../returns.events.js';
import { evolve } from '../returns.evolve.js';
import type { Authorisation, ReturnsState, ReturnState } from '../returns.state.js';
import { expiresUnlessMoved, isUnmoved } from '../returns.status.js';
import { assess, LineRefusedError, requestedLine, type Assessment, type FilingPolicy, type WishedLine } from './assessment.js';
import { refuse, registeredOrder, retakableUnits, returnOf, type Decisions, type On } from './find.js';
import { labelOnApproval, voidLabels } from './parcel.js';

/** `noteRef`: into the contacts store; the text itself never gets here. */
export type FiledLine = WishedLine & { readonly reason: string };
export type FileReturn = {
  readonly type: 'FileReturn';
  readonly at: string;
  /** The order whose stream this is; names the new return. */
  readonly orderId: string;
  readonly lines: readonly FiledLine[];
  readonly outcome: Outcome;
  readonly method: Method;
  /** The policy version in force, gathered by the handler. */
  readonly policy: FilingPolicy;
  /** Carrier that issues the label. */
  readonly carrier: string;
};
export type ApproveReturn = On<'ApproveReturn', unknown>;
export type SendReturnToReview = On<'SendReturnToReview', { readonly reasons: readonly ReviewReason[] }>;
export type DeclineReturn = { readonly type: 'DeclineReturn' } & Omit<EventOf<'ReturnDeclined'>['data'], 'by'>;
export type CancelReturn = On<'CancelReturn', { readonly by: 'customer' | 'staff'; readonly reason: Reason }>;
export type CloseReturn = On<'CloseReturn', { readonly reason: Reason }>;
export type ReopenReturn = On<'ReopenReturn', { readonly reason: Reason }>;
/** The timer's question: has it been unshipped for longer than its terms allow? */
export type ExpireReturn = On<'ExpireReturn', unknown>;
export type AuthorisationCommand =
  FileReturn | ApproveReturn | SendReturnToReview | DeclineReturn | CancelReturn | CloseReturn | ReopenReturn | ExpireReturn;

/** What follows a request at once: the policy declines, asks for a review or approves. */
function answerByPolicy({ lines, reviews }: Assessment, returnId: string, at: string): ReturnsEvent {
  const declined = lines.find((line) => line.verdict.decision === 'ineligible');
  if (declined !== undefined) {
    const code = declined.verdict.rule.ruleId;
    return { type: 'ReturnDeclined', data: { at, returnId, by: 'policy', code, noteRef: null, reasonRef: null } };
  }
  if (reviews.length > 0) {
    return { type: 'ReturnSentToReview', data: { at, returnId, reasons: reviews.map(({ code }) => ({ code, reason: null })) } };
  }
  return { type: 'ReturnApproved', data: { at, returnId, by: 'policy', ruleIds: ['approval.auto'] } };
}

/** And the label the approval asks for. */
function withLabel(state: ReturnsState, returnId: string, at: string, events: readonly ReturnsEvent[]): readonly ReturnsEvent[] {
  const ret = returnOf(events.reduce(evolve, state), returnId);
  return ret.authorisation === 'approved' ? [...events, ...labelOnApproval(ret, at)] : events;
}

/** @throws DomainError as `assess`; LineRefusedError a line cannot be filed */
export function fileReturn(command: FileReturn, state: ReturnsState): readonly ReturnsEvent[] {
  const { at, orderId, outcome, carrier, policy } = command;
  const assessment = assess(policy, state, command, at);
  for (const { verdict, wish } of assessment.lines)
    if (verdict.refusal !== null) throw new LineRefusedError(verdict.refusal, verdict.rule, policy.document, wish.lineId);
  const returnId = returnIdOf(orderId, state.returns.length + 1);
  const { method, terms, amounts } = assessment;
  const lines = assessment.lines.map(requestedLine);
  const requested: EventOf<'ReturnRequested'> = {
    type: 'ReturnRequested',
    data: { at, returnId, lines, outcome, method, carrier, terms, quotedMinor: amounts.totalMinor },
  };
  return withLabel(state, returnId, at, [requested, answerByPolicy(assessment, returnId, at)]);
}

/** How a return stands, in words. */
const words = (authorisation: Authorisation): string => authorisation.replace('_', ' ');

function approve({ at, returnId }: ApproveReturn, ret: ReturnState, state: ReturnsState): readonly ReturnsEvent[] {
  if (ret.authorisation === 'approved') return [];
  if (ret.authorisation !== 'requested' && ret.authorisation !== 'in_review')
    return refuse(`A return that is ${words(ret.authorisation)} cannot be approved.`);
  return withLabel(state, returnId, at, [{ type: 'ReturnApproved', data: { at, returnId, by: 'staff', ruleIds: [] } }]);
}

function review({ at, returnId, reasons }: SendReturnToReview, ret: ReturnState): readonly ReturnsEvent[] {
  if (ret.authorisation === 'in_review' && equal(reasons, ret.reviewReasons)) return [];
  if (ret.authorisation !== 'requested' && ret.authorisation !== 'approved' && ret.authorisation !== 'in_review') {
    return refuse(`A return that is ${words(ret.authorisation)} cannot be sent to review.`);
  }
  return [{ type: 'ReturnSentToReview', data: { at, returnId, reasons } }];
}

function decline({ at, returnId, code, noteRef, reasonRef }: DeclineReturn, ret: ReturnState): readonly ReturnsEvent[] {
  if (ret.authorisation === 'declined') return [];
  if (ret.authorisation !== 'requested' && ret.authorisation !== 'in_review') {
    return refuse(`A return that is ${words(ret.authorisation)} cannot be declined; send it to review first.`);
  }
  return [...voidUnscanned(ret, 'declined', at), { type: 'ReturnDeclined', data: { at, returnId, by: 'staff', code, noteRef, reasonRef } }];
}

/** Labels are voided as long as no parcel is on its way. */
const voidUnscanned = (ret: ReturnState, why: string, at: string): readonly ReturnsEvent[] =>
  isUnmoved(ret) ? voidLabels(ret, why, at) : [];

function cancel({ at, returnId, by, reason }: CancelReturn, ret: ReturnState): readonly ReturnsEvent[] {
  if (ret.authorisation === 'cancelled') return [];
  if (ret.authorisation !== 'requested' && ret.authorisation !== 'in_review' && ret.authorisation !== 'approved') {
    return refuse(`A return that is ${words(ret.authorisation)} cannot be cancelled.`);
  }
  if (ret.milestones.firstScanAt !== null) return refuse('The parcel is on its way; the return can no longer be cancelled.');
  if (ret.scans.length > 0) return refuse('Items have come in; the return can no longer be cancelled.');
  if (ret.refunds.length > 0) return refuse('Money was refunded; the return can no longer be cancelled.');
  return [...voidLabels(ret, 'cancelled', at), { type: 'ReturnCancelled', data: { at, returnId, by, reason } }];
}

function close({ at, returnId, reason }: CloseReturn, ret: ReturnState): readonly ReturnsEvent[] {
  if (ret.authorisation === 'closed') return [];
  if (ret.authorisation !== 'approved') return refuse(`A return that is ${words(ret.authorisation)} cannot be closed.`);
  if (ret.blocked !== null) {
    return refuse(
      `${ret.blocked.amountMinor} (minor units) is owed for its goods and cannot be paid yet: approve what can be paid today, or wait until the rest can be.`,
    );
  }
  return [{ type: 'ReturnClosed', data: { at, returnId, reason } }];
}

/** Units that the closing released and that are still there to be had. */
function stillFree(ret: ReturnState, state: ReturnsState): { readonly lineId: string; readonly units: readonly number[] }[] {
  return ret.lines
    .map((line) => ({ lineId: line.lineId, units: retakableUnits(state, registeredOrder(state), line) }))
    .filter((line) => line.units.length > 0);
}

function reopen({ at, returnId, reason }: ReopenReturn, ret: ReturnState, state: ReturnsState): readonly ReturnsEvent[] {
  if (ret.authorisation === 'approved') return [];
  if (ret.authorisation !== 'closed') return refuse(`A return that is ${words(ret.authorisation)} cannot be reopened.`);
  return [{ type: 'ReturnReopened', data: { at, returnId, reason, retaken: stillFree(ret, state) } }];
}

/** Only a return of which nothing has moved expires, and not before its time, which a review or a reopening starts anew. */
function expire({ at, returnId }: ExpireReturn, ret: ReturnState): readonly ReturnsEvent[] {
  const expires = expiresUnlessMoved(ret);
  if (expires === null || Date.parse(at) < expires) return [];
  return [{ type: 'ReturnExpired', data: { at, returnId, afterDays: ret.terms.expireAfterDays } }];
}

export const AUTHORISATION_DECISIONS: Decisions<Exclude<AuthorisationCommand, FileReturn>> = {
  ApproveReturn: approve,
  SendReturnToReview: review,
  DeclineReturn: decline,
  CancelReturn: cancel,
  CloseReturn: close,
  ReopenReturn: reopen,
  ExpireReturn: expire,
};
