/** Decisions of the warehouse once a parcel is opened (see `receiving.ts`): correcting, mismatches, missing items, grading, putting away. */
import { DomainError } from '../../../eventing/decider.js';
import type { Grade } from '../../../policy/rules/policy.events.js';
import type { Disposition, DispositionElsewhere, EventOf, EventOn, ReturnsEvent } from '../returns.events.js';
import type { Restock, ReturnLine, ReturnsState, ReturnState, ReturnUnit, Scan } from '../returns.state.js';
import { orderLineOf, positive, refuse, registeredOrder, returnLineOf, returnOf, type Decisions, type On } from './find.js';

type At<Type extends string, Fields> = On<Type, { readonly station: string; readonly clerk: string } & Fields>;
/** So many pieces of a line, and what the event says of them. */
type Pieces<Type extends ReturnsEvent['type'], Field extends keyof EventOf<Type>['data']> = {
  readonly items: readonly (Pick<EventOf<Type>['data'], Field> & { readonly quantity: number })[];
};
export type CorrectReceipt = { readonly type: 'CorrectReceipt'; readonly quantity: number } & Omit<
  EventOf<'ReceiptCorrected'>['data'],
  'units' | 'delta'
>;
export type RecordMismatch = { readonly type: 'RecordMismatch' } & EventOf<'ItemMismatched'>['data'];
export type MarkMissing = At<'MarkMissing', Pieces<'ItemMarkedMissing', 'lineId'> & { readonly why: string }>;
export type InspectItems = At<'InspectItems', Pieces<'ItemGraded', 'lineId' | 'grade' | 'defects' | 'photoRefs'>>;
export type DisposeItems = At<'DisposeItems', Pieces<'ItemDisposed', 'lineId' | 'disposition' | 'location'>>;
export type AnswerRestock = At<
  'AnswerRestock',
  { readonly restockId: string; readonly answer: 'confirmed' | 'blocked'; readonly reason: string }
>;
export type WithdrawRestock = At<
  'WithdrawRestock',
  { readonly restockId: string; readonly disposition: DispositionElsewhere; readonly location: string | null }
>;
export type AtStation = CorrectReceipt | RecordMismatch | MarkMissing | InspectItems | DisposeItems | AnswerRestock | WithdrawRestock;
/** `station` null: where the return was last scanned. */
export type CustodyCommand = {
  [Type in AtStation['type']]: Omit<Extract<AtStation, { readonly type: Type }>, 'station'> & { readonly station: string | null };
}[AtStation['type']];

type Doing = { readonly at: string; readonly returnId: string; readonly station: string; readonly clerk: string };
const doing = ({ at, returnId, station, clerk }: Doing): Doing => ({ at, returnId, station, clerk });

/**
 * `quantity` units of the line that `fit`, in the order given by `first`, leaving out those already `taken` by the same command.
 * @throws DomainError invalid_state there are fewer
 */
function take(
  line: ReturnLine,
  quantity: number,
  taken: Set<string>,
  fit: (unit: ReturnUnit) => boolean,
  what: string,
  first = byIndex,
): readonly number[] {
  positive(quantity, 'The quantity');
  const fitting = line.units.filter((unit) => fit(unit) && !taken.has(`${unit.unit} ${line.lineId}`)).toSorted(first);
  if (fitting.length < quantity) return refuse(`Only ${fitting.length} units of line ${line.lineId} are ${what}, not ${quantity}.`);
  const units = fitting.slice(0, quantity).map((unit) => unit.unit);
  for (const unit of units) taken.add(`${unit} ${line.lineId}`);
  return units.toSorted((a, b) => a - b);
}

const byIndex = (a: ReturnUnit, b: ReturnUnit): number => a.unit - b.unit;
const bestFirst = (a: ReturnUnit, b: ReturnUnit): number => (a.grade ?? 'X').localeCompare(b.grade ?? 'X') || a.unit - b.unit;
const worstFirst = (a: ReturnUnit, b: ReturnUnit): number => (b.grade ?? 'X').localeCompare(a.grade ?? 'X') || a.unit - b.unit;

function notEmpty(items: readonly unknown[]): void {
  if (items.length === 0) throw new DomainError('validation_failed', 'Name at least one item.');
}

/** The line a correction means that names none: items of no line if there are any, else the only line of the scan. */
function correctedLine(scan: Scan): string | null {
  if (scan.unexpected.some((item) => item.lineId === null)) return null;
  const lines = new Set([...scan.received, ...scan.unexpected, ...scan.elsewhere].map((part) => part.lineId));
  if (lines.size > 1) throw new DomainError('validation_failed', `Scan ${scan.scanId} has several lines; name the one to correct.`);
  return [...lines][0] ?? null;
}

/** Among equal pieces the ones not refunded yet: so that what is refunded stays with the pieces that are, or come, here. */
const unrefundedFirst = (a: ReturnUnit, b: ReturnUnit): number =>
  Number(a.settled) - Number(b.settled) || a.entitledMinor - b.entitledMinor || a.unit - b.unit;

/** Why a scan cannot be taken back as far as that, and what to do then. */
function notUndone(isGraded: boolean, undoable: number, quantity: number): never {
  const graded = isGraded ? ' What has been graded since cannot be undone: put it into quarantine and tell finance.' : '';
  const left =
    undoable === 0
      ? 'Nothing of this scan can be taken back any more.'
      : `Only ${undoable} of these ${quantity} pieces can be taken back from this scan.`;
  return refuse(`${left}${graded}`);
}

/** What of a return's line came in by the scan and is not graded yet, and whether something of it is. */
function undoableOf(ret: ReturnState, scanId: string, lineId: string | null) {
  const scan = ret.scans.findLast((each) => each.scanId === scanId);
  const scanned = new Set(scan?.received.filter((part) => part.lineId === lineId).flatMap((part) => part.units));
  const line = ret.lines.find((each) => each.lineId === lineId);
  const units = (line?.units ?? []).filter((unit) => scanned.has(unit.unit));
  const here = units
    .filter((unit) => unit.place === 'received')
    .toSorted(unrefundedFirst)
    .map((unit) => unit.unit);
  return { here, isGraded: units.some((unit) => unit.place === 'held' || unit.place === 'disposed'), isKnown: scanned.size > 0 };
}

const ascending = (units: readonly number[]): readonly number[] => units.toSorted((a, b) => a - b);

/**
 * Takes items of a scan back: first what was set aside as too much, then what was received on other returns of the order,
 * then units of its own, which are all awaited again. Money does not come back by it: a unit that was refunded stays so, in
 * advance, and is not refunded again when it comes (docs/decisions/092). What was graded since stays as it is.
 */
function correctReceipt(command: CorrectReceipt, ret: ReturnState, state: ReturnsState): readonly EventOn<'custody'>[] {
  const { scanId, correctionId, why } = command;
  const scan = ret.scans.findLast((each) => each.scanId === scanId);
  if (scan === undefined) throw new DomainError('not_found', `Return ${ret.returnId} has no scan ${scanId}.`);
  if (scan.correctionIds.includes(correctionId)) return [];
  const quantity = positive(command.quantity, 'The quantity');
  const lineId = command.lineId ?? correctedLine(scan);
  const of = <Part extends { readonly lineId: string | null }>(parts: readonly Part[]): readonly Part[] =>
    parts.filter((part) => part.lineId === lineId);
  const data = { ...doing(command), scanId, correctionId, lineId, why };
  const aside = of(scan.unexpected).reduce((sum, item) => sum + item.quantity, 0);
  let left = Math.max(0, quantity - aside);
  const own = undoableOf(ret, scanId, lineId);
  const others = of(scan.elsewhere).map((part) => ({ ...part, ...undoableOf(returnOf(state, part.returnId), scanId, lineId) }));
  if (left > 0 && !own.isKnown && others.length === 0) return refuse(`Scan ${scanId} holds ${aside} such items, not ${quantity}.`);
  const takeBack = (units: readonly number[], most = units.length): readonly number[] => {
    const some = units.slice(0, Math.min(most, left));
    left -= some.length;
    return ascending(some);
  };
  const elsewhere = others
    .map(({ returnId, quantity: most, here }) => ({ returnId, units: takeBack(here, most) }))
    .filter(({ units }) => units.length > 0);
  const units = takeBack(own.here);
  if (left > 0)
    return notUndone(
      [own, ...others].some(({ isGraded }) => isGraded),
      quantity - left,
      quantity,
    );
  const there = elsewhere.map((part): EventOn<'custody'> => ({
    type: 'ReceiptCorrected',
    data: { ...data, ...part, delta: -part.units.length },
  }));
  return [...there, { type: 'ReceiptCorrected', data: { ...data, units, delta: -quantity } }];
}

/** A wrong item lay in the parcel: the line stays awaited, and nothing is refunded for it. */
function recordMismatch(command: RecordMismatch, ret: ReturnState): readonly EventOn<'custody'>[] {
  const { scanId, expectedLineId, foundBarcode, noteRef, photoRefs } = command;
  returnLineOf(ret, expectedLineId);
  const quantity = positive(command.quantity, 'The quantity');
  if (ret.mismatches.some((known) => known.scanId === scanId && known.expectedLineId === expectedLineId)) return [];
  return [{ type: 'ItemMismatched', data: { ...doing(command), scanId, expectedLineId, foundBarcode, quantity, noteRef, photoRefs } }];
}

function markMissing(command: MarkMissing, ret: ReturnState): readonly EventOn<'custody'>[] {
  notEmpty(command.items);
  const taken = new Set<string>();
  return command.items.map(({ lineId, quantity }) => {
    const units = take(returnLineOf(ret, lineId), quantity, taken, (unit) => unit.place === 'awaiting', 'awaited', unrefundedFirst);
    return { type: 'ItemMarkedMissing', data: { ...doing(command), lineId, units, why: command.why } };
  });
}

/** A damaged item counts in full when merchant or carrier is at fault; everything else as the terms grade it. */
function factorOf(ret: ReturnState, line: ReturnLine, grade: Grade): number {
  return grade === 'D' && line.fault !== 'customer' ? 10_000 : ret.terms.gradeFactorsBp[grade];
}

const WRONG_ITEM = { code: 'grade_x', reason: null } as const;

function inspectItems(command: InspectItems, ret: ReturnState): readonly ReturnsEvent[] {
  notEmpty(command.items);
  const taken = new Set<string>();
  const graded = command.items.map(({ lineId, quantity, grade, defects, photoRefs }): EventOf<'ItemGraded'> => {
    const line = returnLineOf(ret, lineId);
    const units = take(line, quantity, taken, (unit) => unit.place === 'received', 'awaiting inspection');
    return {
      type: 'ItemGraded',
      data: { ...doing(command), lineId, units, grade, factorBp: factorOf(ret, line, grade), defects, photoRefs },
    };
  });
  const isWrong = graded.some((event) => event.data.grade === 'X') && ret.authorisation === 'approved';
  if (!isWrong) return graded;
  return [...graded, { type: 'ReturnSentToReview', data: { at: command.at, returnId: ret.returnId, reasons: [WRONG_ITEM] } }];
}

/** What is good enough to be sold takes the best graded units, everything else the worst. */
const SELLABLE: ReadonlySet<Disposition> = new Set<Disposition>(['restock', 'open_box', 'refurbish']);

function disposeItems(command: DisposeItems, ret: ReturnState, state: ReturnsState): readonly EventOn<'custody'>[] {
  notEmpty(command.items);
  const order = registeredOrder(state);
  const taken = new Set<string>();
  let restocks = ret.restocks.length;
  return command.items.flatMap(({ lineId, quantity, disposition, location }): readonly EventOn<'custody'>[] => {
    const line = returnLineOf(ret, lineId);
    const fits = (unit: ReturnUnit): boolean => unit.place === 'held' && (disposition !== 'quarantine' || unit.disposition === null);
    const units = take(line, quantity, taken, fits, 'graded and not put away', SELLABLE.has(disposition) ? bestFirst : worstFirst);
    const disposed: EventOn<'custody'> = { type: 'ItemDisposed', data: { ...doing(command), lineId, units, disposition, location } };
    if (disposition !== 'restock') return [disposed];
    restocks += 1;
    const { at, returnId } = command;
    const { sku, title } = orderLineOf(order, lineId);
    return [
      disposed,
      { type: 'RestockRequested', data: { at, returnId, restockId: `${returnId}-S${restocks}`, lineId, sku, title, quantity, location } },
    ];
  });
}

function restockOf(ret: ReturnState, restockId: string): Restock {
  const restock = ret.restocks.find((each) => each.restockId === restockId);
  if (restock === undefined) throw new DomainError('not_found', `There is no restock ${restockId}.`);
  return restock;
}

function answerRestock({ at, returnId, restockId, answer, reason }: AnswerRestock, ret: ReturnState): readonly EventOn<'custody'>[] {
  const restock = restockOf(ret, restockId);
  if (restock.state === answer && (answer === 'confirmed' || restock.reason === reason)) return [];
  if (restock.state === 'confirmed') return refuse(`Restock ${restockId} is confirmed already.`);
  if (restock.state === 'withdrawn') return refuse(putElsewhere(ret, restock));
  if (answer === 'confirmed') return [{ type: 'RestockConfirmed', data: { at, returnId, restockId } }];
  return [{ type: 'RestockBlocked', data: { at, returnId, restockId, reason } }];
}

/** That the pieces of a withdrawn restock are no longer waiting, and where they are now. */
function putElsewhere(ret: ReturnState, { restockId, lineId, units }: Restock): string {
  const now = returnLineOf(ret, lineId)
    .units.filter((unit) => units.includes(unit.unit))
    .flatMap((unit) => unit.disposition ?? []);
  return `The pieces of restock ${restockId} have been put elsewhere already: ${[...new Set(now)].join(', ').replaceAll('_', ' ')}.`;
}

/**
 * The pieces of a refused restock go elsewhere, all of them: of a restock that is withdrawn in part nobody could say what
 * the stock system was asked for. What is to be told apart goes into quarantine first, and on from there by line.
 */
function withdrawRestock(command: WithdrawRestock, ret: ReturnState): readonly EventOn<'custody'>[] {
  const { restockId, disposition, location } = command;
  const restock = restockOf(ret, restockId);
  const { lineId, units } = restock;
  switch (restock.state) {
    case 'requested':
      return refuse(`The stock system has not refused restock ${restockId}: wait for its answer, or record first that it refuses.`);
    case 'confirmed':
      return refuse(`The pieces of restock ${restockId} are back on sale already; nothing was put elsewhere.`);
    case 'withdrawn':
      return refuse(putElsewhere(ret, restock));
    case 'blocked':
      return [
        { type: 'RestockWithdrawn', data: { ...doing(command), restockId, lineId, units } },
        { type: 'ItemDisposed', data: { ...doing(command), lineId, units, disposition, location } },
      ];
  }
}

/** They throw unknown_line, not_found, invalid_state, validation_failed. */
export const CUSTODY_DECISIONS: Decisions<AtStation> = {
  CorrectReceipt: correctReceipt,
  RecordMismatch: recordMismatch,
  MarkMissing: markMissing,
  InspectItems: inspectItems,
  DisposeItems: disposeItems,
  AnswerRestock: answerRestock,
  WithdrawRestock: withdrawRestock,
};

/** Where it was done: as the command says, else where the return was last scanned. @throws DomainError validation_failed */
export function stationOf({ station }: { readonly station: string | null }, ret: ReturnState): string {
  const known = station ?? ret.station;
  if (known !== null) return known;
  throw new DomainError('validation_failed', 'Nothing of this return has been scanned anywhere yet: name the station.', {
    pointer: '/station',
  });
}
