/** What holds after every event, counted anew from the events and the order, not by the product's own sums. */
import type { ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { countersOf, RETURN_STATUSES, statusOf } from '../../src/returns/rules/returns.status.js';
import { expectSentenceFits, expectWayOut } from './sentences-fit.js';

/** Thousands of these are checked in a test; a plain comparison is a hundred times cheaper than an assertion library's. */
function check(holds: boolean, rule: string, found: unknown): void {
  if (!holds) throw new Error(`${rule}: ${JSON.stringify(found)}`);
}

type Counts = Map<string, number>;
const add = (counts: Counts, key: string, amount: number): Counts => counts.set(key, (counts.get(key) ?? 0) + amount);
const sum = (amounts: Iterable<number>): number => [...amounts].reduce((total, amount) => total + amount, 0);

function paidUnits(state: ReturnsState): Counts {
  const paid: Counts = new Map();
  for (const line of state.order!.lines)
    line.units.forEach((unit, index) => add(paid, `${line.lineId}#${index}`, unit.netMinor + unit.taxMinor));
  return paid;
}

function expectUnitsOnce(state: ReturnsState): void {
  const claims = state.returns.flatMap((ret) =>
    ret.lines.flatMap((line) => line.units.filter((unit) => unit.place !== 'released').map((unit) => `${line.lineId}#${unit.unit}`)),
  );
  check(new Set(claims).size === claims.length, 'A unit is in one return at most', claims);
  const paid = paidUnits(state);
  check(
    claims.every((claim) => paid.has(claim)),
    'Only units of the order are returned',
    claims,
  );
}

function expectCountersAddUp(state: ReturnsState): void {
  for (const line of state.returns.flatMap((ret) => ret.lines)) {
    const { authorised, awaiting, received, missing, kept, released, awaitingInspection, graded, disposed, quarantined } = countersOf(line);
    const addUp =
      authorised === awaiting + received + missing + kept + released &&
      received === awaitingInspection + graded &&
      graded === disposed + quarantined;
    check(addUp && authorised === line.units.length, 'The counters of a line add up', line);
  }
}

function expectEveryCentExplained(events: readonly ReturnsEvent[]): void {
  for (const event of events) {
    if (event.type !== 'RefundEntitled') continue;
    const { units, shippingMinor, fees, bonusMinor, totalMinor, payments } = event.data.breakdown;
    const payable = sum(units.map((unit) => unit.refundMinor)) + shippingMinor - sum(fees.map((fee) => fee.amountMinor));
    check(payable >= 0 && totalMinor === payable + bonusMinor, 'Units and shipping less fees, and the bonus, are the total', event.data);
    check(sum(payments.map((part) => part.amountMinor)) === payable, 'The payouts are the total without the bonus', event.data);
    check(
      payments.every((part) => part.amountMinor > 0) && units.every((unit) => unit.refundMinor >= 0),
      'No part is negative',
      event.data,
    );
  }
}

function expectUnitsWithinPaid(state: ReturnsState, events: readonly ReturnsEvent[]): void {
  const given: Counts = new Map();
  let shipping = 0;
  for (const event of events) {
    if (event.type !== 'RefundEntitled') continue;
    shipping += event.data.breakdown.shippingMinor;
    for (const unit of event.data.breakdown.units) add(given, `${unit.lineId}#${unit.unit}`, unit.refundMinor);
  }
  const paid = paidUnits(state);
  for (const [unit, amount] of given) check(amount <= (paid.get(unit) ?? 0), 'A unit gives at most what was paid for it', { unit, amount });
  check(shipping <= state.order!.shipping.netMinor + state.order!.shipping.taxMinor, 'Shipping is given back once', shipping);
}

/** What a unit gives is settled once, however often it is received, taken back and received again. */
function expectSettledOnce(events: readonly ReturnsEvent[]): void {
  const settled = new Set<string>();
  for (const event of events) {
    if (event.type !== 'RefundEntitled' || event.data.trigger === 'manual') continue;
    for (const { lineId, unit } of event.data.breakdown.units) {
      const name = `${event.data.returnId} ${lineId}#${unit}`;
      check(!settled.has(name), 'What a unit gives is settled once', { name, refundId: event.data.refundId });
      settled.add(name);
    }
  }
}

/** What is on its way or paid, by payment, as the events tell it. */
function usedByPayment(events: readonly ReturnsEvent[]): { readonly used: Counts; readonly paid: Counts } {
  const amounts: Counts = new Map();
  const through = new Map<string, string>();
  const [alive, done] = [new Set<string>(), new Set<string>()];
  const begin = (payout: string, paymentId: string, amountMinor: number): void => {
    amounts.set(payout, amountMinor);
    through.set(payout, paymentId);
    alive.add(payout);
  };
  for (const { type, data } of events) {
    if (type === 'RefundEntitled')
      for (const part of data.breakdown.payments) begin(`${data.refundId}/${part.paymentId}`, part.paymentId, part.amountMinor);
    if (!('paymentId' in data) || !('refundId' in data)) continue;
    const payout = `${data.refundId}/${data.paymentId}`;
    if (type === 'RefundFailed') {
      alive.delete(payout);
      done.delete(payout);
    } else if (type === 'RefundRerouted') {
      begin(`${data.refundId}/${data.toPaymentId}`, data.toPaymentId, amounts.get(payout) ?? NaN);
      alive.delete(payout);
    } else alive.add(payout);
    if (type === 'RefundSucceeded' || type === 'StoreCreditIssued') done.add(payout);
  }
  const byPayment = (payouts: ReadonlySet<string>): Counts =>
    [...payouts].reduce<Counts>((counts, payout) => add(counts, through.get(payout)!, amounts.get(payout)!), new Map());
  return { used: byPayment(alive), paid: byPayment(done) };
}

function expectPaymentsWithinCaptured(state: ReturnsState, events: readonly ReturnsEvent[]): void {
  const { used, paid } = usedByPayment(events);
  for (const { paymentId, capturedMinor } of state.order!.payments) {
    const most = Math.max(used.get(paymentId) ?? 0, paid.get(paymentId) ?? 0);
    check(most <= capturedMinor, 'A payment gives back at most what it captured', { paymentId, most, capturedMinor });
  }
  const captured = sum(state.order!.payments.map((payment) => payment.capturedMinor));
  check(sum(used.values()) <= captured, 'An order gives back at most what was captured', { used: [...used], captured });
}

/** Nothing is sent for the first time that, with what was given back elsewhere, is more than was captured. Looks at the last event. */
function expectSentWithinCaptured(state: ReturnsState, events: readonly ReturnsEvent[]): void {
  const last = events.at(-1);
  if (
    last?.type !== 'RefundSubmitted' ||
    events.some((event) => event !== last && event.type === 'RefundSubmitted' && event.data.key === last.data.key)
  )
    return;
  const ours = new Set(events.flatMap(({ data }) => ('providerRefundId' in data ? [data.providerRefundId] : [])));
  const elsewhere: Counts = new Map();
  for (const { type, data } of events)
    if (type === 'RefundedElsewhere' && !ours.has(data.reference)) add(elsewhere, data.paymentId, data.amountMinor);
  const { used } = usedByPayment(events);
  const { payments } = state.order!;
  const captured = payments.find((payment) => payment.paymentId === last.data.paymentId)?.capturedMinor ?? Infinity;
  const gone = (used.get(last.data.paymentId) ?? 0) + (elsewhere.get(last.data.paymentId) ?? 0);
  check(gone <= captured, 'What is sent fits beside what was given back elsewhere', { gone, captured, last });
  const away = sum(payments.map(({ paymentId, capturedMinor }) => Math.min(capturedMinor, elsewhere.get(paymentId) ?? 0)));
  check(
    sum(used.values()) + away <= sum(payments.map((payment) => payment.capturedMinor)),
    'What is sent fits the order beside what was given back elsewhere',
    { away, last },
  );
}

/** A restock is of the pieces that were put away for it; until it is withdrawn they are nowhere else, and in no other. */
function expectRestocksOfTheirPieces(state: ReturnsState, events: readonly ReturnsEvent[]): void {
  const asked = new Map<string, readonly number[]>();
  events.forEach((event, index) => {
    const away = events[index - 1];
    if (event.type === 'RestockRequested' && away?.type === 'ItemDisposed') asked.set(event.data.restockId, away.data.units);
  });
  for (const ret of state.returns) {
    for (const restock of ret.restocks) {
      check(
        restock.quantity === restock.units.length && String(restock.units) === String(asked.get(restock.restockId)),
        'A restock is of the pieces put away for it',
        restock,
      );
    }
    const waiting = ret.restocks
      .filter((restock) => restock.state !== 'withdrawn')
      .flatMap(({ lineId, units }) => units.map((unit) => `${lineId}#${unit}`));
    const away = ret.lines.flatMap(({ lineId, units }) =>
      units.filter((unit) => unit.place === 'disposed' && unit.disposition === 'restock').map(({ unit }) => `${lineId}#${unit}`),
    );
    check(String(waiting.toSorted()) === String(away.toSorted()), 'What goes back on sale is of one restock each', { waiting, away });
  }
}

/** What was captured and is not taken by the bank, given back elsewhere, on its way or paid. */
function leftOfOrder(state: ReturnsState, events: readonly ReturnsEvent[]): number {
  const used = sum(usedByPayment(events).used.values());
  const gone = state.order!.payments.map(({ paymentId, capturedMinor }) => {
    const disputes = state.disputes.filter((each) => each.paymentId === paymentId && each.state !== 'won').map((each) => each.amountMinor);
    const elsewhere = state.refundsElsewhere
      .filter((each) => each.paymentId === paymentId && each.refundId === null)
      .map((each) => each.amountMinor);
    return Math.min(capturedMinor, Math.min(capturedMinor, sum(disputes)) + sum(elsewhere));
  });
  return Math.max(0, sum(state.order!.payments.map((payment) => payment.capturedMinor)) - sum(gone) - used);
}

/** What goods have earned is entitled, or held back because it cannot be paid; never neither and never both. */
function expectEarnedOrHeldBack(state: ReturnsState, events: readonly ReturnsEvent[]): void {
  const left = leftOfOrder(state, events);
  for (const ret of state.returns) {
    const inspects = ret.terms.inspectionRequired || ret.terms.refundTrigger === 'inspected';
    const owing = ret.lines
      .flatMap((line) => line.units)
      .filter(({ place, settled }) => !settled && (place === 'held' || place === 'disposed' || (place === 'received' && !inspects)));
    check(ret.blocked === null || ret.authorisation === 'approved', 'Money is held back only while the return may go on', ret);
    check(
      ret.authorisation !== 'approved' || ret.blocked !== null || owing.length === 0,
      'What goods have earned is entitled or held back',
      { owing, returnId: ret.returnId },
    );
    if (ret.blocked !== null)
      check(ret.blocked.amountMinor - ret.blocked.bonusMinor > left, 'What can be paid is not held back', { blocked: ret.blocked, left });
  }
  for (const event of events) {
    if (event.type !== 'RefundEntitled') continue;
    const gaveUp = event.data.breakdown.fees.some((fee) => fee.code === 'given_up');
    check(!gaveUp || event.data.reason !== null, 'Only a person gives up what was earned, and says why', event.data);
  }
}

/** All rules that must never break. `events` is the whole history of `state`. */
export function expectSound(state: ReturnsState, events: readonly ReturnsEvent[]): void {
  expectUnitsOnce(state);
  expectCountersAddUp(state);
  expectEveryCentExplained(events);
  expectUnitsWithinPaid(state, events);
  expectPaymentsWithinCaptured(state, events);
  expectSentWithinCaptured(state, events);
  expectSettledOnce(events);
  expectRestocksOfTheirPieces(state, events);
  expectEarnedOrHeldBack(state, events);
  for (const ret of state.returns) {
    expectSentenceFits(state, ret);
    expectWayOut(state, ret);
  }
  for (const ret of state.returns) check(RETURN_STATUSES.includes(statusOf(state, ret)), 'A return has a status', ret);
}
