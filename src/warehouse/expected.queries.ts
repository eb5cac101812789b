/** From whatever a scanner read to the returns it may belong to, and what is awaited for them. */
import { Injectable } from '@nestjs/common';
import type { Position } from '../eventing/event-store.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { orderIdOfReturn } from '../returns/rules/returns.events.js';
import type { Authorisation, ReturnsState, ReturnState } from '../returns/rules/returns.state.js';
import { statusOf } from '../returns/rules/returns.status.js';
import { awaitedWords, NOT_DECIDED_YET } from '../returns/words/expected.words.js';
import { layoutReadingsOf, type LayoutReading } from '../shared/keyboard-layouts.js';
import { codeKey, partsOfCode, printedCode, readingsOf } from '../shared/scanned-code.js';
import type { FoundParcelRow } from './found-parcels.projection.js';
import { FoundParcelsQueries } from './found-parcels.queries.js';
import { ReceivingQueueQueries } from './receiving-queue.queries.js';
import { queueLinesOf, trackingNumbersOf, type ScannedKind } from './receiving-queue.rows.js';
import type { ExpectedReturnAnswer } from './warehouse.dto.js';

type Candidate = { readonly returnId: string; readonly kind: ScannedKind };
export type ExpectedReturn = Required<ExpectedReturnAnswer>;

export type Expected = {
  readonly returns: readonly ExpectedReturn[];
  readonly more: boolean;
  readonly foundParcels: readonly FoundParcelRow[];
  /** Set where the code was found only as a scanner with another keyboard layout would have typed it. */
  readonly readAs: LayoutReading | null;
};

const MOST_CANDIDATES = 20;
/** Barcodes of a found parcel that are looked for: enough to tell the returns apart. */
const MOST_BARCODES = 100;
/** What cannot be an order's id is not looked for in the log. */
const COULD_BE_AN_ORDER = /^[^%\p{Cc}\p{Cs}]{1,100}$/u;
const ONE_PARCEL = ['return_id', 'tracking_number', 'label'] as const satisfies readonly ScannedKind[];
const SEVERAL = ['item', 'order'] as const satisfies readonly ScannedKind[];

@Injectable()
export class ExpectedQueries {
  constructor(
    private readonly returns: ReturnsQueries,
    private readonly queue: ReceivingQueueQueries,
    private readonly parcels: FoundParcelsQueries,
  ) {}

  /**
   * @param scanned a return id, order id or number, tracking number, label id, drop-off code, item barcode or SKU, or a
   * longer content that holds a return id, tracking number or label id (a QR code's address); any of them also as a
   * scanner with another keyboard layout types it, where exactly one return fits
   * @param minPosition what the views must have seen; a return or order named by its id is folded and never behind
   */
  async byCode(scanned: string, minPosition: Position | undefined): Promise<Expected> {
    const code = printedCode(scanned);
    const named = await this.#byReturnId(code);
    if (named !== undefined) return only(named);
    const [matches, foundParcels, ofOrder] = await Promise.all([
      this.#matches(scanned, minPosition),
      this.parcels.find(scanned, minPosition),
      this.#ofOrder(code),
    ]);
    const others = matches.filter((match) => ofOrder.length === 0 || orderIdOfReturn(match.returnId) !== code);
    const returns = [...ofOrder.slice(0, MOST_CANDIDATES), ...(await this.#present(others.slice(0, MOST_CANDIDATES)))];
    const more = Math.max(others.length, ofOrder.length) > MOST_CANDIDATES;
    return returns.length > 0 || foundParcels.length > 0 ? { returns, more, foundParcels, readAs: null } : this.#typedOtherwise(scanned);
  }

  /** Returns that a parcel with this tracking number and these items may belong to, the likeliest first, at most five. */
  async likely(trackingNumber: string | null, barcodes: readonly string[]): Promise<readonly ExpectedReturn[]> {
    const byTracking = trackingNumber === null ? [] : await this.queue.find(readingsOf(trackingNumber), ['tracking_number', 'label'], 5);
    const byItems = await this.queue.find(barcodes.slice(0, MOST_BARCODES).flatMap(readingsOf), ['item'], 200);
    const hits = new Map<string, number>();
    for (const { returnId } of byItems) hits.set(returnId, (hits.get(returnId) ?? 0) + 1);
    const ranked = firstPerReturn(byItems).toSorted((a, b) => (hits.get(b.returnId) ?? 0) - (hits.get(a.returnId) ?? 0));
    return this.#present(firstPerReturn([...byTracking, ...ranked]).slice(0, 5));
  }

  /** By the most literal reading of the code that leads anywhere. */
  async #matches(scanned: string, minPosition: Position | undefined): Promise<readonly Candidate[]> {
    for (const reading of readingsOf(scanned)) {
      const parcel = await this.queue.find([reading], ONE_PARCEL, MOST_CANDIDATES + 1, minPosition);
      if (parcel.length > 0) return firstPerReturn(parcel);
      const others = await this.queue.find([reading], SEVERAL, MOST_CANDIDATES + 1);
      if (others.length > 0) return firstPerReturn(others);
    }
    return firstPerReturn(await this.#withinLongerContent(partsOfCode(scanned)));
  }

  /**
   * Nothing is known under the code as it came: typed by hand in small letters, or by a scanner that thinks of another
   * keyboard. What could mean two returns means none.
   */
  async #typedOtherwise(scanned: string): Promise<Expected> {
    const plain = codeKey(scanned);
    // Folded, so that it is found before the views have seen it.
    const named = await this.#byReturnId(plain);
    if (named !== undefined) return only(named);
    const ofOrder = await this.#ofOrder(plain);
    if (ofOrder.length > 0) return { ...NOTHING, returns: ofOrder.slice(0, MOST_CANDIDATES), more: ofOrder.length > MOST_CANDIDATES };
    return this.#typedOnAnotherKeyboard(layoutReadingsOf(scanned));
  }

  async #typedOnAnotherKeyboard(readings: readonly LayoutReading[]): Promise<Expected> {
    const codes = readings.flatMap(({ code }) => readingsOf(code));
    const matches = await this.queue.find(codes, [...ONE_PARCEL, ...SEVERAL], MOST_CANDIDATES);
    const [found, another] = await this.#present(firstPerReturn(matches));
    const key = matches[0]?.code;
    const readAs = readings.find(({ code }) => key !== undefined && readingsOf(code).includes(key));
    return found === undefined || another !== undefined || readAs === undefined ? NOTHING : { ...NOTHING, returns: [found], readAs };
  }

  async #withinLongerContent(parts: readonly string[]): Promise<readonly Candidate[]> {
    const named = await Promise.all(parts.map(async (part) => ((await this.returns.ofReturn(part)) === undefined ? [] : [part])));
    const ids = named.flat();
    if (ids.length > 0) return ids.map((returnId) => ({ returnId, kind: 'return_id' }));
    return this.queue.find(parts, ONE_PARCEL, MOST_CANDIDATES + 1);
  }

  async #byReturnId(returnId: string): Promise<ExpectedReturn | undefined> {
    const folded = await this.returns.ofReturn(returnId);
    return folded === undefined ? undefined : expectedReturn(folded.state, returnId, 'return_id');
  }

  /** The order's returns that something is awaited for; all of them when nothing is. */
  async #ofOrder(orderId: string): Promise<readonly ExpectedReturn[]> {
    if (!COULD_BE_AN_ORDER.test(orderId)) return [];
    const { state } = await this.returns.ofOrder(orderId);
    const all = state.returns.flatMap((ret) => expectedReturn(state, ret.returnId, 'order') ?? []);
    const awaited = all.filter((ret) => ret.awaiting > 0);
    return awaited.length > 0 ? awaited : all;
  }

  /** Each folded from its stream, so that what is awaited is never behind. */
  async #present(matches: readonly Candidate[]): Promise<readonly ExpectedReturn[]> {
    const folded = await Promise.all(
      matches.map(async ({ returnId, kind }) => ({ returnId, kind, found: await this.returns.ofReturn(returnId) })),
    );
    return folded.flatMap(({ returnId, kind, found }) => (found === undefined ? [] : (expectedReturn(found.state, returnId, kind) ?? [])));
  }
}

const NOTHING: Expected = { returns: [], more: false, foundParcels: [], readAs: null };
const only = (ret: ExpectedReturn): Expected => ({ ...NOTHING, returns: [ret] });

const firstPerReturn = <Match extends Candidate>(matches: readonly Match[]): readonly Match[] =>
  matches.filter(({ returnId }, index) => matches.findIndex((each) => each.returnId === returnId) === index);

function expectedReturn(state: ReturnsState, returnId: string, matchedBy: ScannedKind): ExpectedReturn | undefined {
  const ret: ReturnState | undefined = state.returns.find((each) => each.returnId === returnId);
  if (ret === undefined) return undefined;
  const lines = queueLinesOf(state, ret);
  const awaiting = lines.reduce((sum, line) => sum + line.awaiting, 0);
  return {
    returnId,
    orderId: orderIdOfReturn(returnId) ?? '',
    status: statusOf(state, ret),
    matchedBy,
    awaiting,
    words: wordsOf(ret.authorisation, awaiting),
    inspectionRequired: ret.terms.inspectionRequired,
    trackingNumbers: trackingNumbersOf(ret),
    lines,
    notAnnounced: (state.order?.lines ?? [])
      .filter(({ lineId }) => !lines.some((line) => line.lineId === lineId))
      .map(({ lineId, sku, title, barcode }) => ({ lineId, sku, title, barcode })),
    elsewhere: state.returns.filter((each) => each !== ret && each.milestones.endedAt === null).flatMap((each) => awaitedOf(state, each)),
  };
}

const awaitedOf = (state: ReturnsState, ret: ReturnState): ExpectedReturn['elsewhere'] =>
  queueLinesOf(state, ret)
    .filter((line) => line.awaiting > 0)
    .map(({ lineId, sku, title, barcode, awaiting }) => ({ returnId: ret.returnId, lineId, sku, title, barcode, awaiting }));

function wordsOf(authorisation: Authorisation, awaiting: number): string {
  switch (authorisation) {
    case 'approved':
      return awaitedWords(awaiting);
    case 'requested':
    case 'in_review':
      return NOT_DECIDED_YET;
    default:
      return `The return was ${authorisation}. Receive what is there; the case goes to review.`;
  }
}
