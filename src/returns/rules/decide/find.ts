/** What a decision is about: what a command names is found here or refused, and which units are free. */
import { DomainError } from '../../../eventing/decider.js';
import { returnIdOfRefund, type OrderFacts, type OrderLine, type ReturnsEvent } from '../returns.events.js';
import type { Payout, Refund, ReturnLine, ReturnsState, ReturnState, ReturnUnit } from '../returns.state.js';
import { findReturn } from '../returns.status.js';

/** A command on one return. */
export type On<Type extends string, Fields> = { readonly type: Type; readonly at: string; readonly returnId: string } & Fields;

type Command = { readonly type: string };
type Of<Commands extends Command, Type> = Extract<Commands, { readonly type: Type }>;
/** The decision on each of these commands, taken on the return it names. */
export type Decisions<Commands extends Command> = {
  readonly [Type in Commands['type']]: (command: Of<Commands, Type>, ret: ReturnState, state: ReturnsState) => readonly ReturnsEvent[];
};

export const decideBy = <Commands extends Command, Type extends Commands['type']>(
  decisions: Decisions<Commands>,
  command: { readonly [Each in Type]: Of<Commands, Each> & { readonly type: Each } }[Type],
  ret: ReturnState,
  state: ReturnsState,
): readonly ReturnsEvent[] => decisions[command.type](command, ret, state);

/** @throws DomainError not_found the order was never registered */
export function registeredOrder(state: ReturnsState): OrderFacts {
  if (state.order === null) throw new DomainError('not_found', 'There is no such order.');
  return state.order;
}

/** @throws DomainError not_found */
export function returnOf(state: ReturnsState, returnId: string): ReturnState {
  const ret = findReturn(state, returnId);
  if (ret === undefined) throw new DomainError('not_found', `There is no return ${returnId}.`);
  return ret;
}

/** @throws DomainError not_found */
export function refundOf(ret: ReturnState, refundId: string): Refund {
  const refund = returnIdOfRefund(refundId) === ret.returnId ? ret.refunds.find((each) => each.refundId === refundId) : undefined;
  if (refund === undefined) throw new DomainError('not_found', `There is no refund ${refundId}.`);
  return refund;
}

/** @throws DomainError not_found the refund does not go that way */
export function payoutOf(refund: Refund, paymentId: string): Payout {
  const payout = refund.payouts.find((each) => each.paymentId === paymentId);
  if (payout === undefined) throw new DomainError('not_found', `Refund ${refund.refundId} has no payout through ${paymentId}.`);
  return payout;
}

/** @throws DomainError unknown_line the order has no such line */
export function orderLineOf(order: OrderFacts, lineId: string): OrderLine {
  const line = order.lines.find((each) => each.lineId === lineId);
  if (line === undefined) throw new DomainError('unknown_line', `The order has no line ${lineId}.`, { lineId });
  return line;
}

/** @throws DomainError unknown_line the return does not contain that line */
export function returnLineOf(ret: ReturnState, lineId: string): ReturnLine {
  const line = ret.lines.find((each) => each.lineId === lineId);
  if (line === undefined) throw new DomainError('unknown_line', `Return ${ret.returnId} has no line ${lineId}.`, { lineId });
  return line;
}

/** @throws DomainError invalid_state */
export function refuse(message: string): never {
  throw new DomainError('invalid_state', message);
}

/** @throws DomainError validation_failed unless it is a whole number from 1 to what a number can hold exactly */
export function positive(quantity: number, what: string): number {
  if (!Number.isSafeInteger(quantity) || quantity < 1)
    throw new DomainError('validation_failed', `${what} must be a whole number of at least 1.`);
  return quantity;
}

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
