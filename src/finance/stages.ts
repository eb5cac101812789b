/**
 * The way of a return from the request to the money, cut into stages by its milestones. Pure.
 *
 * A stage runs from the latest milestone before its own to its own, so the stages on the way to the money add up to the
 * total. A milestone that was never needed (no label for a return over the counter) leaves its stage out; it is not zero.
 */
import { triggerOf } from '../returns/rules/decide/entitlement.js';
import type { Payout, ReturnState } from '../returns/rules/returns.state.js';
import { livePayouts } from '../returns/rules/returns.status.js';

/** In their order. */
const PHYSICAL = ['approval', 'label', 'first_scan', 'delivery', 'receipt', 'inspection'] as const;
type PhysicalStage = (typeof PHYSICAL)[number];
export const STAGES = [...PHYSICAL, 'entitlement', 'submission', 'money', 'total'] as const;
/** Named after the milestone it ends with; `money` = with the customer; `total` = request to money. */
export type Stage = (typeof STAGES)[number];

/** In whose hands an open stage lies. */
export const HOLDERS = ['customer', 'carrier', 'merchant', 'bank'] as const;
export type Holder = (typeof HOLDERS)[number];

/** Epoch milliseconds. An open stage has a holder and no end; a completed one an end and no holder. */
export type Span = { readonly stage: Stage; readonly startedMs: number } & (
  { readonly endedMs: number; readonly holder: null } | { readonly endedMs: null; readonly holder: Holder }
);

type Reached = { readonly stage: PhysicalStage; readonly ms: number };

const HOLDER_OF: Readonly<Record<PhysicalStage, Holder>> = {
  approval: 'merchant',
  label: 'merchant',
  first_scan: 'customer',
  delivery: 'carrier',
  receipt: 'merchant',
  inspection: 'merchant',
};
/** Who has it in hand while a stage lasts; a payout that hangs is the merchant's to clear up, not its bank's. */
export const USUAL_HOLDER: Readonly<Record<Stage, Holder | null>> = {
  ...HOLDER_OF,
  entitlement: 'merchant',
  submission: 'merchant',
  money: 'bank',
  total: null,
};
/** Which physical stages a method of return goes through. */
const WAY: Readonly<Record<ReturnState['method'], readonly PhysicalStage[]>> = {
  label: PHYSICAL,
  drop_off: PHYSICAL,
  pickup: PHYSICAL,
  own_shipping: ['approval', 'first_scan', 'delivery', 'receipt', 'inspection'],
  in_store: ['approval', 'receipt', 'inspection'],
  keep: ['approval'],
};
const TRIGGER_STAGE = {
  approved: 'approval',
  firstScan: 'first_scan',
  delivered: 'delivery',
  received: 'receipt',
  inspected: 'inspection',
} as const;

/** Completed stages of the return, and while its customer waits for money the open one and `total`. */
export function spansOf(ret: ReturnState): readonly Span[] {
  const requestedMs = Date.parse(ret.milestones.requestedAt);
  const reached = physicalMilestones(ret, requestedMs);
  return [...physicalSpans(reached, requestedMs), ...moneySpans(ret, reached, requestedMs)];
}

/** Physical milestones in their order; those before the request (a parcel that came unannounced) are no part of the wait. */
function physicalMilestones({ milestones }: ReturnState, requestedMs: number): readonly Reached[] {
  const times: Readonly<Record<PhysicalStage, string | null>> = {
    approval: milestones.approvedAt,
    label: milestones.labelIssuedAt,
    first_scan: milestones.firstScanAt,
    delivery: milestones.deliveredAt,
    receipt: milestones.receivedAt,
    inspection: milestones.inspectedAt,
  };
  return PHYSICAL.flatMap((stage) => {
    const at = times[stage];
    const ms = at === null ? Number.NaN : Date.parse(at);
    return ms >= requestedMs ? [{ stage, ms }] : [];
  });
}

function physicalSpans(reached: readonly Reached[], requestedMs: number): readonly Span[] {
  return reached.map(({ stage, ms }, index) => completed(stage, latestUpTo(reached.slice(0, index), requestedMs, ms), ms));
}

/** Carriers report late: a delivery told after the receipt must not make a negative stage, so later ones do not count. */
function latestUpTo(reached: readonly Reached[], requestedMs: number, endMs: number): number {
  return reached.reduce((latest, { ms }) => (ms <= endMs && ms > latest ? ms : latest), requestedMs);
}

function completed(stage: Stage, startedMs: number, endedMs: number): Span {
  return { stage, startedMs, endedMs: Math.max(startedMs, endedMs), holder: null };
}

function open(stage: Stage, startedMs: number, holder: Holder): Span {
  return { stage, startedMs, endedMs: null, holder };
}

function moneySpans(ret: ReturnState, reached: readonly Reached[], requestedMs: number): readonly Span[] {
  const { entitledAt, submittedAt, refundedAt } = ret.milestones;
  const payouts = ret.refunds.flatMap(livePayouts);
  // Without a payout nobody waits for money: a refund of zero is no fast refund.
  if (payouts.length === 0 || entitledAt === null) return openWay(ret, reached, requestedMs);
  const entitledMs = Date.parse(entitledAt);
  const spans = [completed('entitlement', latestUpTo(reached, requestedMs, entitledMs), entitledMs)];
  const submittedMs = submittedAt === null ? null : Date.parse(submittedAt);
  if (submittedMs !== null) spans.push(completed('submission', entitledMs, submittedMs));
  const moneyFromMs = submittedMs ?? entitledMs;
  const unpaid = payouts.filter((payout) => payout.state !== 'succeeded');
  if (refundedAt !== null && unpaid.length === 0 && ret.blocked === null) {
    const refundedMs = Date.parse(refundedAt);
    return [...spans, completed('money', moneyFromMs, refundedMs), completed('total', requestedMs, refundedMs)];
  }
  const holder = payoutHolder(unpaid);
  return [...spans, open(submittedMs === null ? 'submission' : 'money', moneyFromMs, holder), open('total', requestedMs, holder)];
}

/** The bank has it while every unpaid payout is with its provider; anything else, money held back among it, needs the merchant. */
function payoutHolder(unpaid: readonly Payout[]): Holder {
  return unpaid.length > 0 && unpaid.every(({ state }) => state === 'submitted' || state === 'pending') ? 'bank' : 'merchant';
}

/** The stage that has to end next before anything is owed; none once the return has ended without money. */
function openWay(ret: ReturnState, reached: readonly Reached[], requestedMs: number): readonly Span[] {
  if (ret.milestones.endedAt !== null || settledForNothing(ret)) return [];
  const way = wayToMoney(ret);
  const done = new Set<PhysicalStage>(reached.map(({ stage }) => stage));
  const furthest = way.findLastIndex((stage) => done.has(stage));
  const next = way[furthest + 1];
  const startedMs = reached.reduce((latest, { ms }) => Math.max(latest, ms), requestedMs);
  const holder = next === undefined ? 'merchant' : HOLDER_OF[next];
  return [open(next ?? 'entitlement', startedMs, holder), open('total', requestedMs, holder)];
}

/** The physical stages of this return's method up to the one that makes the refund due. */
function wayToMoney(ret: ReturnState): readonly PhysicalStage[] {
  const due = PHYSICAL.indexOf(TRIGGER_STAGE[triggerOf(ret)]);
  const way = WAY[ret.method];
  const last = way.findIndex((stage) => PHYSICAL.indexOf(stage) >= due);
  return last === -1 ? way : way.slice(0, last + 1);
}

/** Refunds were decided, all of zero, and no unit is left that could still give something. */
function settledForNothing({ refunds, lines }: ReturnState): boolean {
  const units = lines.flatMap((line) => line.units);
  return refunds.length > 0 && units.every(({ settled, place }) => settled || place === 'missing' || place === 'released');
}
