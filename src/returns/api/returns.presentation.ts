/** The folded state as the API shows it. Pure; fields may be added, never renamed. */
import { picked } from '../../http/declared.js';
import { payableOf } from '../rules/decide/entitlement.js';
import type { Breakdown, OrderFacts } from '../rules/returns.events.js';
import type { Refund, ReturnLine, ReturnsState, ReturnState } from '../rules/returns.state.js';
import {
  countersOf,
  decisionOf,
  entitledOf,
  findReturn,
  givenUpOf,
  payoutTotalOf,
  refundedAheadOf,
  refundedOf,
  refundStateOf,
  statusOf,
  type ReturnStatus,
} from '../rules/returns.status.js';
import { labelProblemWords } from '../words/label.words.js';
import { newsOf } from '../words/news.words.js';
import { nextStep, type Reader } from '../words/next-step.js';
import { payoutReason, plainReason, reviewInWords, type TextOf } from '../words/reason.words.js';
import { BLOCK_WORDS } from '../words/returns.words.js';
import {
  LabelAnswer,
  MismatchAnswer,
  NewsAnswer,
  ParcelAnswer,
  PayoutAnswer,
  PickupAnswer,
  RefundAnswer,
  RestockAnswer,
  SurplusAnswer,
  UnitRefundAnswer,
  type ReturnAnswer,
} from './returns.dto.js';

/** Who reads a return: what people wrote about it is given, what staff wrote for each other is not for customers. */
export type ReturnReader = Reader & { readonly text: TextOf; readonly isCustomer: boolean };

const refundBody = (refund: Refund, { currency, lines }: OrderFacts, { text }: ReturnReader) =>
  picked(RefundAnswer)({
    ...refund,
    state: refundStateOf(refund),
    amountMinor: refund.breakdown.totalMinor,
    currency,
    reason: plainReason(refund.reason, text, false),
    breakdown: breakdownBody(refund.breakdown, new Map(lines.map((line) => [line.lineId, line.title]))),
    payouts: refund.payouts.map((payout) =>
      picked(PayoutAnswer)({
        ...payout,
        simulated: payout.provider === 'simulated',
        totalMinor: payoutTotalOf(refund, payout),
        code: payoutReason(payout.reason, payout.provider, text),
      }),
    ),
  });

const unitBody = picked(UnitRefundAnswer);
const breakdownBody = (breakdown: Breakdown, titles: ReadonlyMap<string, string>) => ({
  ...breakdown,
  units: breakdown.units.map((unit) => unitBody({ ...unit, title: titles.get(unit.lineId) ?? unit.lineId })),
});

const lineBody = (line: ReturnLine, order: OrderFacts, { text }: ReturnReader) => {
  const sold = order.lines.find((each) => each.lineId === line.lineId);
  return {
    lineId: line.lineId,
    sku: sold?.sku ?? null,
    title: sold?.title ?? '',
    reason: line.reason,
    condition: line.condition,
    note: line.noteRef === null ? null : text(line.noteRef),
    photos: [...line.photoRefs],
    ...countersOf(line),
  };
};

const returnBody = (state: ReturnsState, order: OrderFacts, ret: ReturnState, orderId: string, revision: number, reader: ReturnReader) =>
  ({
    returnId: ret.returnId,
    orderId,
    status: statusOf(state, ret),
    revision,
    requestedAt: ret.milestones.requestedAt,
    ...nextStep(state, ret, reader),
    needsDecision: decisionOf(ret),
    news: newsOf(order, ret, reader.language).map(picked(NewsAnswer)),
    policy: { id: ret.terms.policyId, version: ret.terms.version },
    outcome: ret.outcome,
    method: ret.method,
    reviewReasons: ret.reviewReasons.map((reason) => ({
      code: reason.code,
      words: reviewInWords(reason, reader.language, reader.text, reader.isCustomer),
    })),
    endReason: plainReason(ret.endReason, reader.text, reader.isCustomer && ret.endedBy !== 'customer'),
    lines: ret.lines.map((line) => lineBody(line, order, reader)),
    labels: ret.labels.map((label) => picked(LabelAnswer)({ ...label, problemWords: labelProblemWords(label.problem, reader.language) })),
    pickups: ret.pickups.map(picked(PickupAnswer)),
    parcels: ret.parcels.map(picked(ParcelAnswer)),
    mismatches: ret.mismatches.map(picked(MismatchAnswer)),
    surplus: ret.scans.flatMap(({ scanId, unexpected }) => unexpected.map((item) => picked(SurplusAnswer)({ ...item, scanId }))),
    restocks: ret.restocks.map(picked(RestockAnswer)),
    refunds: ret.refunds.map((refund) => refundBody(refund, order, reader)),
    money: {
      currency: order.currency,
      quotedMinor: ret.quotedMinor,
      entitledMinor: entitledOf(ret),
      refundedMinor: refundedOf(ret),
      refundedAheadMinor: refundedAheadOf(ret),
      blockedMinor: ret.blocked?.amountMinor ?? 0,
      blockedCode: ret.blocked?.code ?? null,
      blockedWords: ret.blocked === null ? null : BLOCK_WORDS[reader.language][ret.blocked.code],
      blockedSince: ret.blocked?.since ?? null,
      payableTodayMinor: payableOf(state, ret),
      givenUpMinor: givenUpOf(ret),
    },
    milestones: { ...ret.milestones },
  }) satisfies ReturnAnswer;

/** A return as the API answers it, with its enumerations as types; `status` is derived, `revision` is the order stream's. */
export type PresentedReturn = ReturnType<typeof returnBody>;

/** `reader`: for whom the words are. @returns undefined when the order has no such return. */
export function presentReturn(
  state: ReturnsState,
  orderId: string,
  returnId: string,
  revision: number,
  reader: ReturnReader,
): PresentedReturn | undefined {
  const ret = findReturn(state, returnId);
  return state.order === null || ret === undefined ? undefined : returnBody(state, state.order, ret, orderId, revision, reader);
}

/** Id and status of every return of the order, oldest first. */
export const presentReturnList = (state: ReturnsState): { returnId: string; status: ReturnStatus }[] =>
  state.returns.map((ret) => ({ returnId: ret.returnId, status: statusOf(state, ret) }));
