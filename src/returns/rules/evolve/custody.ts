import type { EventOf } from '../returns.events.js';
import { changeUnits, earliest, type OnReturn, type Restock, type ReturnState, type Scan } from '../returns.state.js';
import { sighted } from './parcel.js';

/** The scan with that id, made on its first mention, with `change` applied. Recent scans are looked at first. */
function onScan(ret: ReturnState, scanId: string, at: string, station: string, change: (scan: Scan) => Scan): ReturnState {
  const index = ret.scans.findLastIndex((scan) => scan.scanId === scanId);
  const known = ret.scans[index];
  if (known !== undefined) return { ...ret, scans: ret.scans.with(index, change(known)) };
  return { ...ret, scans: [...ret.scans, change({ scanId, at, station, received: [], unexpected: [], elsewhere: [], correctionIds: [] })] };
}

function received({ at, scanId, lineId, units, station }: EventOf<'ItemReceived'>['data'], ret: ReturnState): ReturnState {
  const scanned = onScan(ret, scanId, at, station, (scan) => ({ ...scan, received: [...scan.received, { lineId, units }] }));
  const next = changeUnits(scanned, lineId, units, (unit) => ({ ...unit, place: 'received' }));
  return { ...next, station, milestones: { ...next.milestones, receivedAt: earliest(next.milestones.receivedAt, at) } };
}

function corrected(
  { at, scanId, correctionId, lineId, units, delta, station }: EventOf<'ReceiptCorrected'>['data'],
  ret: ReturnState,
): ReturnState {
  const next = onScan(ret, scanId, at, station, (scan) => ({
    ...scan,
    elsewhere: fewer(scan.elsewhere, lineId, -delta - units.length - piecesOf(scan.unexpected, lineId)),
    received: scan.received
      .map((part) => (part.lineId === lineId ? { ...part, units: part.units.filter((unit) => !units.includes(unit)) } : part))
      .filter((part) => part.units.length > 0),
    unexpected: fewer(scan.unexpected, lineId, -delta - units.length),
    correctionIds: [...scan.correctionIds, correctionId],
  }));
  if (lineId === null) return { ...next, station };
  return { ...changeUnits(next, lineId, units, (unit) => ({ ...unit, place: 'awaiting' })), station };
}

type Pieces = { readonly lineId: string | null; readonly quantity: number };

const piecesOf = (items: readonly Pieces[], lineId: string | null): number =>
  items.reduce((sum, item) => sum + (item.lineId === lineId ? item.quantity : 0), 0);

/** `quantity` pieces fewer among the items of that line (null: of no line). */
function fewer<Item extends Pieces>(items: readonly Item[], lineId: string | null, quantity: number): readonly Item[] {
  let left = Math.max(0, quantity);
  return items.flatMap((item) => {
    if (item.lineId !== lineId) return [item];
    const taken = Math.min(left, item.quantity);
    left -= taken;
    return item.quantity === taken ? [] : [{ ...item, quantity: item.quantity - taken }];
  });
}

function graded({ at, lineId, units, grade, factorBp, station }: EventOf<'ItemGraded'>['data'], ret: ReturnState): ReturnState {
  const next = changeUnits(ret, lineId, units, (unit) => ({ ...unit, place: 'held', grade, factorBp }));
  return { ...next, station, milestones: { ...next.milestones, inspectedAt: next.milestones.inspectedAt ?? at } };
}

function onRestock(ret: ReturnState, restockId: string, state: Restock['state'], reason: string | null): ReturnState {
  return { ...ret, restocks: ret.restocks.map((restock) => (restock.restockId === restockId ? { ...restock, state, reason } : restock)) };
}

/** The event does not name its units: they are those just disposed of as `restock`, which belong to no other restock yet. */
function restockRequested(
  { restockId, lineId, sku, title, quantity, location }: EventOf<'RestockRequested'>['data'],
  ret: ReturnState,
): ReturnState {
  const others = ret.restocks.filter((restock) => restock.lineId === lineId && restock.state !== 'withdrawn');
  const taken = new Set(others.flatMap((restock) => restock.units));
  const line = ret.lines.find((each) => each.lineId === lineId);
  const units = (line?.units ?? []).filter((unit) => unit.disposition === 'restock' && !taken.has(unit.unit)).map((unit) => unit.unit);
  return {
    ...ret,
    restocks: [...ret.restocks, { restockId, lineId, sku, title, quantity, units, location, state: 'requested', reason: null }],
  };
}

function restockWithdrawn({ restockId, lineId, units, station }: EventOf<'RestockWithdrawn'>['data'], ret: ReturnState): ReturnState {
  const restocks = ret.restocks.map((restock): Restock => (restock.restockId === restockId ? { ...restock, state: 'withdrawn' } : restock));
  return { ...changeUnits({ ...ret, restocks }, lineId, units, (unit) => ({ ...unit, place: 'held', disposition: null })), station };
}

/** What the warehouse did. */
export const CUSTODY_EVENTS: OnReturn<'custody'> = {
  ParcelOpened: ({ at, trackingNumber, station }, ret) => ({
    ...sighted(ret, trackingNumber, { kind: 'opened', at, place: null, code: null }),
    station,
  }),
  ItemReceived: received,
  ItemUnexpected: ({ at, scanId, station, lineId, barcode, quantity, why }, ret) => {
    const item = { lineId, barcode, quantity, why };
    return { ...onScan(ret, scanId, at, station, (scan) => ({ ...scan, unexpected: [...scan.unexpected, item] })), station };
  },
  ItemReceivedElsewhere: ({ at, scanId, station, lineId, barcode, quantity, onReturnId: returnId }, ret) => {
    const item = { returnId, lineId, barcode, quantity };
    return { ...onScan(ret, scanId, at, station, (scan) => ({ ...scan, elsewhere: [...scan.elsewhere, item] })), station };
  },
  ItemMismatched: ({ at, scanId, expectedLineId, foundBarcode, quantity, station }, ret) => ({
    ...ret,
    station,
    mismatches: [...ret.mismatches, { scanId, expectedLineId, foundBarcode, quantity, at }],
  }),
  ItemMarkedMissing: ({ lineId, units, station }, ret) => ({
    ...changeUnits(ret, lineId, units, (unit) => ({ ...unit, place: 'missing' })),
    station,
  }),
  ReceiptCorrected: corrected,
  ItemGraded: graded,
  ItemDisposed: ({ lineId, units, disposition, station }, ret) => {
    // Quarantine is a place to wait in, not an end: such a unit is still held.
    const place = disposition === 'quarantine' ? 'held' : 'disposed';
    return { ...changeUnits(ret, lineId, units, (unit) => ({ ...unit, place, disposition })), station };
  },
  RestockRequested: restockRequested,
  RestockConfirmed: ({ restockId }, ret) => onRestock(ret, restockId, 'confirmed', null),
  RestockBlocked: ({ restockId, reason }, ret) => onRestock(ret, restockId, 'blocked', reason),
  RestockWithdrawn: restockWithdrawn,
};
