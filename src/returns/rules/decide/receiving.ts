/**
 * Receiving a parcel. A clerk is never stopped: what is not expected is recorded beside the return, and a parcel that
 * comes after the return's end is taken in and looked at.
 */
import { DomainError } from '../../../eventing/decider.js';
import { fitting, printedCode } from '../../../shared/scanned-code.js';
import type { EventOn, OrderFacts, ReturnsEvent } from '../returns.events.js';
import type { Authorisation, ReturnLine, ReturnsState, ReturnState, UnitPlace } from '../returns.state.js';
import { orderLineOf, positive, registeredOrder, retakableUnits } from './find.js';
import { trackingNumberOf } from './parcel.js';

/** Named by line or by what was scanned (the line's barcode or SKU, alone or in a longer code); one of them is given. */
export type ScannedItem = { readonly lineId: string | null; readonly barcode: string | null; readonly quantity: number };
export type ReceiveItems = {
  readonly type: 'ReceiveItems';
  readonly at: string;
  readonly returnId: string;
  readonly station: string;
  readonly clerk: string;
  readonly scanId: string;
  readonly trackingNumber: string | null;
  readonly items: readonly ScannedItem[];
};

/** What units an item in the parcel may be, the likeliest first: given up as missing, left with the customer; released ones last. */
const GIVEN_UP: readonly UnitPlace[] = ['missing', 'kept'];
/** Returns that take goods in without coming back from their end, the likeliest first. */
const OPEN: readonly Authorisation[] = ['approved', 'in_review', 'requested'];

/** `units` of a return's line. */
type Taken = { readonly ret: ReturnState; readonly lineId: string; readonly units: readonly number[] };

/**
 * Hands out the units that an order's returns await, and those the opened one may still get, each once. Where equal ones
 * are awaited, the one refunded in advance comes first: a piece that is here is paid for once.
 */
class Expected {
  readonly #taken = new Set<string>();
  /** The opened return first: what lies in its parcel is its own before it is another's. */
  readonly #open: readonly ReturnState[];

  constructor(
    readonly ret: ReturnState,
    private readonly state: ReturnsState,
    private readonly order: OrderFacts,
  ) {
    const others = OPEN.flatMap((authorisation) => state.returns.filter((each) => each !== ret && each.authorisation === authorisation));
    this.#open = [ret, ...others];
  }

  /** Up to `quantity` units of these order lines: what is awaited before what the opened return has given up on. */
  take(lineIds: readonly string[], quantity: number): readonly Taken[] {
    const taken: Taken[] = [];
    let left = quantity;
    for (const { ret, line, units } of this.#sources(lineIds)) {
      if (left === 0) break;
      const some = units.filter((unit) => !this.#taken.has(`${unit} ${line.lineId}`)).slice(0, left);
      for (const unit of some) this.#taken.add(`${unit} ${line.lineId}`);
      if (some.length > 0) taken.push({ ret, lineId: line.lineId, units: some });
      left -= some.length;
    }
    return taken;
  }

  #sources(
    lineIds: readonly string[],
  ): readonly { readonly ret: ReturnState; readonly line: ReturnLine; readonly units: readonly number[] }[] {
    const linesOf = (ret: ReturnState): readonly ReturnLine[] => ret.lines.filter((line) => lineIds.includes(line.lineId));
    const own = linesOf(this.ret);
    return [
      ...this.#open.flatMap((ret) => linesOf(ret).map((line) => ({ ret, line, units: unitsAt(line, 'awaiting') }))),
      ...own.map((line) => ({
        ret: this.ret,
        line,
        units: [...GIVEN_UP.flatMap((place) => unitsAt(line, place)), ...retakableUnits(this.state, this.order, line)],
      })),
    ];
  }
}

const unitsAt = (line: ReturnLine, place: UnitPlace): readonly number[] =>
  line.units
    .filter((unit) => unit.place === place)
    .toSorted((a, b) => Number(b.settled) - Number(a.settled))
    .map((unit) => unit.unit);

/** The order lines an item may be of, by the most literal reading of its code; none for a stranger. */
function linesOf({ lineId, barcode }: ScannedItem, order: OrderFacts): readonly string[] {
  if (lineId !== null) return [orderLineOf(order, lineId).lineId];
  if (barcode === null) throw new DomainError('validation_failed', 'An item is named by its line or by its barcode.');
  return fitting(barcode, order.lines, (line) => [line.barcode, line.sku]).map(({ value }) => value.lineId);
}

/** Equal items of one scan make one event. */
function mergedScans(items: readonly ScannedItem[]): readonly ScannedItem[] {
  const byName = new Map<string, ScannedItem>();
  for (const item of items) {
    const name = JSON.stringify([item.lineId, item.barcode]);
    const quantity = positive(item.quantity, 'The quantity') + (byName.get(name)?.quantity ?? 0);
    byName.set(name, { ...item, quantity: positive(quantity, 'The quantity') });
  }
  return [...byName.values()];
}

function scanned(command: ReceiveItems, item: ScannedItem, order: OrderFacts, expected: Expected): readonly EventOn<'custody'>[] {
  const { at, returnId, station, clerk, scanId } = command;
  const barcode = item.barcode === null ? null : printedCode(item.barcode);
  const lineIds = linesOf(item, order);
  const lineId = expected.ret.lines.find((line) => lineIds.includes(line.lineId))?.lineId;
  const base = { at, returnId, station, clerk, scanId, barcode };
  const taken = expected.take(lineIds, item.quantity);
  const surplus = item.quantity - taken.reduce((sum, { units }) => sum + units.length, 0);
  return [
    ...joined(taken).flatMap(({ ret, lineId: line, units }): readonly EventOn<'custody'>[] => {
      const received: EventOn<'custody'> = {
        type: 'ItemReceived',
        data: { ...base, returnId: ret.returnId, lineId: line, units: units.toSorted((a, b) => a - b) },
      };
      if (ret === expected.ret) return [received];
      return [
        { type: 'ItemReceivedElsewhere', data: { ...base, lineId: line, quantity: units.length, onReturnId: ret.returnId } },
        received,
      ];
    }),
    ...(surplus === 0
      ? []
      : [
          {
            type: 'ItemUnexpected' as const,
            data: {
              ...base,
              lineId: lineId ?? lineIds[0] ?? null,
              quantity: surplus,
              why: lineId === undefined ? ('not_in_return' as const) : ('surplus' as const),
            },
          },
        ]),
  ];
}

/** Units of one return's line, wherever they were, make one event. */
function joined(taken: readonly Taken[]): readonly Taken[] {
  const isSame = (one: Taken, other: Taken): boolean => one.ret === other.ret && one.lineId === other.lineId;
  const first = taken.filter((each, index) => taken.findIndex((other) => isSame(each, other)) === index);
  return first.map((each) => ({ ...each, units: taken.filter((other) => isSame(each, other)).flatMap(({ units }) => units) }));
}

const LATE = { code: 'late_parcel', reason: null } as const;

/** A parcel for a return that has ended brings it back for a person to decide, under the terms of the request. */
function broughtBack({ returnId, authorisation }: ReturnState, at: string): readonly ReturnsEvent[] {
  const review: ReturnsEvent = { type: 'ReturnSentToReview', data: { at, returnId, reasons: [LATE] } };
  switch (authorisation) {
    case 'requested':
    case 'in_review':
    case 'approved':
      return [];
    case 'closed':
      return [{ type: 'ReturnReopened', data: { at, returnId, reason: { code: LATE.code }, retaken: [] } }, review];
    case 'declined':
    case 'cancelled':
    case 'expired':
      return [review];
  }
}

/** As the return knows the tracking number that was scanned; null as it is. */
function knownTracking(ret: ReturnState, scanned: string | null): string | null {
  if (scanned === null) return null;
  const [known] = fitting(scanned, [...ret.labels, ...ret.parcels], ({ trackingNumber }) => [trackingNumber]);
  return known?.code ?? printedCode(scanned);
}

/**
 * What a scan session brought: units received, by the opened return or by another of the order that awaits them
 * (docs/decisions/103), surplus and strangers set aside. The same scan id again changes nothing.
 * @throws DomainError not_found, unknown_line, validation_failed
 */
export function receiveItems(command: ReceiveItems, ret: ReturnState, state: ReturnsState): readonly ReturnsEvent[] {
  const { at, returnId, station, clerk, scanId } = command;
  if (command.items.length === 0) throw new DomainError('validation_failed', 'Name at least one item.');
  if (ret.scans.findLast((scan) => scan.scanId === scanId) !== undefined) return [];
  const order = registeredOrder(state);
  const expected = new Expected(ret, state, order);
  const items = mergedScans(command.items).flatMap((item) => scanned(command, item, order, expected));
  const trackingNumber = trackingNumberOf(ret, knownTracking(ret, command.trackingNumber));
  const isOpened = ret.parcels.some((parcel) => parcel.trackingNumber === trackingNumber && parcel.phase === 'opened');
  const opened: readonly EventOn<'custody'>[] = isOpened
    ? []
    : [{ type: 'ParcelOpened', data: { at, returnId, station, clerk, trackingNumber } }];
  const back = items.some(({ type, data }) => type === 'ItemReceived' && data.returnId === returnId) ? broughtBack(ret, at) : [];
  return [...back, ...opened, ...items];
}
