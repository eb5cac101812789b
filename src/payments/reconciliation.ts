/** What our log says was given back, beside what the provider's own list of refunds says. Pure. */
import type { PayoutOnLog } from '../finance/refunds.queries.js';
import { returnIdOfRefund } from '../returns/rules/returns.events.js';
import type { ProviderRefund } from './payment.port.js';

/** From the one with which money is lost to the one that somebody should only look at. */
export const DIFFERENCES = [
  'paid_twice',
  'paid_though_failed',
  'paid_under_older_key',
  'unknown_refund',
  'other_amount',
  'other_currency',
  'failed_there',
  'missing_there',
  'pending_there',
  'paid_unrecorded',
  'elsewhere_unrecorded',
  'elsewhere_other_amount',
] as const;
export type DifferenceCode = (typeof DIFFERENCES)[number];

export type RefundDifference = {
  readonly code: DifferenceCode;
  readonly returnId: string | null;
  readonly refundId: string | null;
  readonly providerRefundId: string | null;
  /** Minor units and ISO 4217; null where that side has nothing. */
  readonly hereMinor: number | null;
  readonly hereCurrency: string | null;
  readonly thereMinor: number | null;
  readonly thereCurrency: string | null;
};

type Ours = NonNullable<ProviderRefund['ours']>;
/** A refund of theirs that we asked for. */
type Asked = ProviderRefund & { readonly ours: Ours };
export type Foreign = ProviderRefund & { readonly ours: null };

export const isForeign = (refund: ProviderRefund): refund is Foreign => refund.ours === null;
const isAsked = (refund: ProviderRefund): refund is Asked => refund.ours !== null;

const placeOf = (refundId: string, paymentId: string): string => `${refundId} ${paymentId}`;

/** What of the refunds we asked for is not as our log has it. Those of others are compared by their orders, see `elsewhere`. */
export function differencesOf(here: readonly PayoutOnLog[], there: readonly ProviderRefund[]): readonly RefundDifference[] {
  const byPlace = new Map(here.map((payout) => [placeOf(payout.refund_id, payout.payment_id), payout]));
  const asked = new Map<string, Asked[]>();
  for (const refund of there.filter(isAsked)) {
    const place = placeOf(refund.ours.refundId, refund.ours.paymentId);
    asked.set(place, [...(asked.get(place) ?? []), refund]);
  }
  return [...asked].flatMap(([place, refunds]) => {
    const payout = byPlace.get(place);
    const executed = refunds.filter(({ state }) => state !== 'failed');
    // The one that our log knows first: another one is the second.
    const isKnown = ({ providerRefundId }: Asked): boolean => providerRefundId === payout?.provider_refund_id;
    const moved = [...executed.filter(isKnown), ...executed.filter((refund) => !isKnown(refund))];
    if (payout === undefined) return moved.map((refund) => difference('unknown_refund', undefined, refund));
    const twice = moved.slice(1).map((refund) => difference('paid_twice', payout, refund));
    return [...twice, ...onePayout(payout, moved[0], refunds)];
  });
}

/** @param moved the refund that has moved money, or will @param all under any key of the payout */
function onePayout(payout: PayoutOnLog, moved: Asked | undefined, all: readonly Asked[]): readonly RefundDifference[] {
  if (moved === undefined) {
    const failed = all.find(({ ours }) => ours.key === payout.idempotency_key);
    return failed !== undefined && payout.state === 'succeeded' ? [difference('failed_there', payout, failed)] : [];
  }
  const told = (code: DifferenceCode) => difference(code, payout, moved);
  return [
    ...(moved.amountMinor === payout.amount_minor ? [] : [told('other_amount')]),
    ...(moved.currency === payout.currency ? [] : [told('other_currency')]),
    ...stateDifference(payout, moved).map(told),
  ];
}

function stateDifference({ state, idempotency_key: key }: PayoutOnLog, moved: Asked): readonly DifferenceCode[] {
  if (moved.ours.key !== key) return ['paid_under_older_key'];
  if (state === 'succeeded') return moved.state === 'pending' ? ['pending_there'] : [];
  if (state === 'failed' || state === 'parked' || state === 'entitled') return ['paid_though_failed'];
  return moved.state === 'succeeded' ? ['paid_unrecorded'] : [];
}

/**
 * Paid by our log since then, and not on their list of that time: perhaps made earlier, so the provider is to be asked about each.
 * @param sinceMs epoch milliseconds
 */
export function missingThere(here: readonly PayoutOnLog[], there: readonly ProviderRefund[], sinceMs: number): readonly PayoutOnLog[] {
  const known = new Set(there.flatMap(({ ours }) => (ours === null ? [] : [placeOf(ours.refundId, ours.paymentId)])));
  return here.filter(
    ({ state, settled_ms: settledMs, refund_id: refundId, payment_id: paymentId }) =>
      state === 'succeeded' && (settledMs ?? 0) >= sinceMs && !known.has(placeOf(refundId, paymentId)),
  );
}

/** @param recorded what the order's stream says was given back elsewhere under that id, minor units; undefined: nothing */
export function elsewhere(refund: Foreign, recorded: number | undefined): RefundDifference | undefined {
  if (refund.state !== 'succeeded') return undefined;
  if (recorded === undefined) return difference('elsewhere_unrecorded', undefined, refund);
  return recorded === refund.amountMinor
    ? undefined
    : { ...difference('elsewhere_other_amount', undefined, refund), hereMinor: recorded, hereCurrency: refund.currency };
}

export function difference(code: DifferenceCode, payout: PayoutOnLog | undefined, refund: ProviderRefund | undefined): RefundDifference {
  const refundId = payout?.refund_id ?? refund?.ours?.refundId ?? null;
  return {
    code,
    returnId: payout?.return_id ?? (refundId === null ? null : (returnIdOfRefund(refundId) ?? null)),
    refundId,
    providerRefundId: refund?.providerRefundId ?? payout?.provider_refund_id ?? null,
    hereMinor: payout?.amount_minor ?? null,
    hereCurrency: payout?.currency ?? null,
    thereMinor: refund?.amountMinor ?? null,
    thereCurrency: refund?.currency ?? null,
  };
}
