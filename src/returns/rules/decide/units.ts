/** Which units of an order are free and which are claimed by its returns. */
import type { OrderFacts, OrderLine } from '../returns.events.js';
import type { ReturnLine, ReturnsState, ReturnUnit } from '../returns.state.js';

/** A unit is claimed from the request on until it is released; once received it never becomes free again. */
export const isClaimed = (unit: ReturnUnit): boolean => unit.place !== 'released';

/** Units of the line that some return claims; indexes into the order line's units. */
export function claimedUnits(state: ReturnsState, lineId: string): ReadonlySet<number> {
  const claimed = new Set<number>();
  for (const ret of state.returns) {
    for (const line of ret.lines) {
      if (line.lineId !== lineId) continue;
      for (const unit of line.units) if (isClaimed(unit)) claimed.add(unit.unit);
    }
  }
  return claimed;
}

/** Units of the line that may still be returned; none of what is no goods: fulfilled less claimed, lowest index first. */
export function freeUnits(state: ReturnsState, line: OrderLine): readonly number[] {
  if (line.kind !== 'goods') return [];
  const claimed = claimedUnits(state, line.lineId);
  const count = Math.max(0, line.fulfilledQuantity - claimed.size);
  const cancelled = new Set(line.cancelled);
  const free: number[] = [];
  for (let unit = 0; unit < line.units.length && free.length < count; unit += 1)
    if (!claimed.has(unit) && !cancelled.has(unit)) free.push(unit);
  return free;
}

/**
 * Units that an ended return released and may have back: no other return has claimed them since, and the order, which may
 * have been amended meanwhile, still has them and has shipped that many.
 */
export function retakableUnits(state: ReturnsState, order: OrderFacts, line: ReturnLine): readonly number[] {
  const sold = order.lines.find((each) => each.lineId === line.lineId);
  const released = line.units.filter((unit) => unit.place === 'released').map((unit) => unit.unit);
  if (sold === undefined || released.length === 0) return [];
  const claimed = claimedUnits(state, line.lineId);
  const left = Math.max(0, sold.fulfilledQuantity - claimed.size);
  return released.filter((unit) => !claimed.has(unit) && unit < sold.units.length && !sold.cancelled.includes(unit)).slice(0, left);
}
