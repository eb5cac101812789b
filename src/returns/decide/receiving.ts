/**
 * Receiving a parcel. A clerk is never stopped: what is not expected is recorded beside the return, and a parcel that
 * comes after the return's end is taken in and looked at.
 */
import { DomainError } from '../../eventing/decider.js';
import type { CustodyEvent, ItemUnexpected, OrderFacts, ReturnsEvent } from '../returns.events.js';
import type { ReturnLine, ReturnsState, ReturnState, UnitPlace } from '../returns.state.js';
import { REVIEW_WORDS } from '../returns.words.js';
import { orderLineOf, orderOf, positive } from './find.js';
import { trackingNumberOf } from './parcel.js';
import { retakableUnits } from './units.js';

/** Named by line or by barcode (the line's barcode or SKU); one of them is given. */
export type ScannedItem = { readonly lineId: string | null; readonly barcode: string | null; readonly quantity: number };
type Receipt = {
  readonly at: string;
  readonly returnId: string;
  readonly station: string;
  readonly clerk: string;
  readonly scanId: string;
  readonly trackingNumber: string | null;
  readonly items: readonly ScannedItem[];
};

/**
 * Units that may still come in, the likeliest first: awaited, given up as missing, left with the customer; released ones
 * last. Where equal ones are awaited, the one refunded in advance comes first: a piece that is here is paid for once.
 */
const MAY_COME: readonly UnitPlace[] = ['awaiting', 'missing', 'kept'];

/** Hands out the units of a return's lines as they are scanned, each once. */
class Expected {
  readonly #left = new Map<string, number[]>();

  constructor(
    readonly ret: ReturnState,
    readonly state: ReturnsState,
    readonly order: OrderFacts,
  ) {}

  /** Up to `quantity` of the line's units that may still come in. */
  take(lineId: string, quantity: number): readonly number[] {
    return this.#units(lineId).splice(0, quantity);
  }

  /** Does the return await units of that line yet? */
  awaits(line: ReturnLine): boolean {
    const awaited = new Set(line.units.filter((unit) => unit.place === 'awaiting').map((unit) => unit.unit));
    return this.#units(line.lineId).some((unit) => awaited.has(unit));
  }

  #units(lineId: string): number[] {
    const known = this.#left.get(lineId);
    if (known !== undefined) return known;
    const units = this.#mayCome(lineId);
    this.#left.set(lineId, units);
    return units;
  }

  #mayCome(lineId: string): number[] {
    const line = this.ret.lines.find((each) => each.lineId === lineId);
    if (line === undefined) return [];
    const refundedFirst = line.units.toSorted((a, b) => Number(b.settled) - Number(a.settled));
    const claimed = MAY_COME.flatMap((place) => refundedFirst.filter((unit) => unit.place === place).map((unit) => unit.unit));
    return [...claimed, ...retakableUnits(this.state, this.order, line)];
  }
}

/**
 * A code as articles are compared: UPC-A, EAN-13 and GTIN-14 are one number, written with fewer or more leading zeros
 * (GS1 General Specifications, 2.1). Scanners and shops do not agree on how many.
 */
const articleOf = (code: string): string => (/^\d{12,14}$/.test(code) ? code.padStart(14, '0') : code);

/** The order line an item is of; a barcode that fits several means the one the return still awaits. Undefined for a stranger. */
function lineOf(item: ScannedItem, order: OrderFacts, expected: Expected): string | undefined {
  if (item.lineId !== null) return orderLineOf(order, item.lineId).lineId;
  const { barcode } = item;
  if (barcode === null) throw new DomainError('validation_failed', 'An item is named by its line or by its barcode.');
  const article = articleOf(barcode);
  const fitting = order.lines.filter((line) => [line.barcode, line.sku].some((code) => code !== null && code !== '' && articleOf(code) === article)).map((line) => line.lineId);
  const inReturn = expected.ret.lines.filter((line) => fitting.includes(line.lineId));
  return (inReturn.find((line) => expected.awaits(line)) ?? inReturn[0])?.lineId ?? fitting[0];
}

/** Equal items of one scan make one event. */
function merged(items: readonly ScannedItem[]): readonly ScannedItem[] {
  const byName = new Map<string, ScannedItem>();
  for (const item of items) {
    const name = JSON.stringify([item.lineId, item.barcode]);
    const quantity = positive(item.quantity, 'The quantity') + (byName.get(name)?.quantity ?? 0);
    byName.set(name, { ...item, quantity: positive(quantity, 'The quantity') });
  }
  return [...byName.values()];
}

function scanned(command: Receipt, item: ScannedItem, order: OrderFacts, expected: Expected): readonly CustodyEvent[] {
  const { at, returnId, station, clerk, scanId } = command;
  const { barcode, quantity } = item;
  const lineId = lineOf(item, order, expected);
  const base = { at, returnId, station, clerk, scanId, barcode };
  const unexpected = (count: number, why: ItemUnexpected['data']['why']): CustodyEvent => ({
    type: 'ItemUnexpected',
    data: { ...base, lineId: lineId ?? null, quantity: count, why },
  });
  if (lineId === undefined || !expected.ret.lines.some((line) => line.lineId === lineId)) return [unexpected(quantity, 'not_in_return')];
  const units = expected.take(lineId, quantity).toSorted((a, b) => a - b);
  const surplus = quantity - units.length;
  return [
    ...(units.length > 0 ? [{ type: 'ItemReceived' as const, data: { ...base, lineId, units } }] : []),
    ...(surplus > 0 ? [unexpected(surplus, 'surplus')] : []),
  ];
}

const LATE = { code: 'late_parcel', words: REVIEW_WORDS.en.late_parcel } as const;

/** A parcel for a return that has ended brings it back for a person to decide, under the terms of the request. */
function broughtBack({ returnId, authorisation }: ReturnState, at: string): readonly ReturnsEvent[] {
  const review: ReturnsEvent = { type: 'ReturnSentToReview', data: { at, returnId, reasons: [LATE] } };
  switch (authorisation) {
    case 'requested':
    case 'in_review':
    case 'approved':
      return [];
    case 'closed':
      return [{ type: 'ReturnReopened', data: { at, returnId, reason: LATE.code, retaken: [] } }, review];
    case 'declined':
    case 'cancelled':
    case 'expired':
      return [review];
  }
}

/**
 * What a scan session brought: units received, surplus and strangers set aside. The same scan id again changes nothing.
 * @throws DomainError unknown_line, validation_failed
 */
export function receiveItems(command: Receipt, ret: ReturnState, state: ReturnsState): readonly ReturnsEvent[] {
  const { at, returnId, station, clerk, scanId } = command;
  if (command.items.length === 0) throw new DomainError('validation_failed', 'Name at least one item.');
  if (ret.scans.findLast((scan) => scan.scanId === scanId) !== undefined) return [];
  const order = orderOf(state);
  const expected = new Expected(ret, state, order);
  const items = merged(command.items).flatMap((item) => scanned(command, item, order, expected));
  const trackingNumber = trackingNumberOf(ret, command.trackingNumber);
  const isOpened = ret.parcels.some((parcel) => parcel.trackingNumber === trackingNumber && parcel.phase === 'opened');
  const opened: readonly CustodyEvent[] = isOpened ? [] : [{ type: 'ParcelOpened', data: { at, returnId, station, clerk, trackingNumber } }];
  const back = items.some((event) => event.type === 'ItemReceived') ? broughtBack(ret, at) : [];
  return [...back, ...opened, ...items];
}
