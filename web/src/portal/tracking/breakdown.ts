/** A refund's breakdown in rows that add up to it. Pure. */
import type { Return } from '../queries';

export type Refund = Return['refunds'][number];
type Unit = Refund['breakdown']['units'][number];
type UnitsRow = {
  readonly lineId: string;
  readonly count: number;
  readonly paidMinor: number;
  readonly taxMinor: number;
  readonly factorBp: number;
  readonly refundMinor: number;
};

const kindOf = ({ lineId, netMinor, taxMinor, factorBp, refundMinor }: Unit): string =>
  [lineId, netMinor, taxMinor, factorBp, refundMinor].join(' ');

/** Units of one line that were paid and are refunded alike, together. `paidMinor` and `taxMinor` are of one unit, `refundMinor` of all. */
export function unitsRows(units: readonly Unit[]): readonly UnitsRow[] {
  const rows = new Map<string, UnitsRow>();
  for (const unit of units) {
    const { lineId, netMinor, taxMinor, factorBp, refundMinor } = unit;
    const before = rows.get(kindOf(unit));
    rows.set(kindOf(unit), {
      lineId,
      count: (before?.count ?? 0) + 1,
      paidMinor: netMinor + taxMinor,
      taxMinor,
      factorBp,
      refundMinor: (before?.refundMinor ?? 0) + refundMinor,
    });
  }
  return [...rows.values()];
}

/** Where the money goes, without what was sent another way instead. Bonus goes with the store credit. */
export function waysOf({
  payouts,
  breakdown: { bonusMinor },
}: Refund): readonly (Refund['payouts'][number] & { readonly sumMinor: number })[] {
  const live = payouts.filter((payout) => payout.reroutedTo === null);
  const credit = live.find((payout) => payout.destination === 'store_credit');
  return live.map((payout) => ({ ...payout, sumMinor: payout.amountMinor + (payout === credit ? bonusMinor : 0) }));
}
