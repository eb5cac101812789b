/** Decisions about a parcel nobody announced: recording it at once, adding to it, saying where it belongs. Pure. */
import { DomainError, type Decider, type StreamModel } from '../../eventing/decider.js';
import {
  FOUND_PARCEL_EVENT_VERSIONS,
  FOUND_PARCEL_UPCASTERS,
  type FoundItemRecorded,
  type FoundParcelEvent,
} from './found-parcel.events.js';
import { evolveFoundParcel, statusOfFound, type FoundItem, type FoundParcel, type FoundParcelState } from './found-parcel.state.js';

type Ask<Type extends string, Fields> = { readonly type: Type; readonly at: string } & Fields;
type AskByClerk<Type extends string, Fields> = Ask<Type, { readonly station: string; readonly clerk: string } & Fields>;

/** `items` may be empty: the parcel can wait unopened. They belong to the scan `scanId`. */
export type RecordFoundParcel = AskByClerk<
  'RecordFoundParcel',
  { readonly trackingNumber: string | null; readonly noteRef: string | null; readonly scanId: string; readonly items: readonly FoundItem[] }
>;
export type RecordFoundItems = AskByClerk<'RecordFoundItems', { readonly scanId: string; readonly items: readonly FoundItem[] }>;
/** That the return exists has been looked up before. */
export type MatchFoundParcel = AskByClerk<'MatchFoundParcel', { readonly returnId: string }>;
export type UnmatchFoundParcel = AskByClerk<'UnmatchFoundParcel', unknown>;
/** What the return said to the receipt, told by the handover process. `match` names the match it was made for. */
export type RecordHandover = Ask<
  'RecordHandover',
  { readonly scanId: string; readonly returnId: string; readonly match: number; readonly refusal: string | null }
>;
export type FoundParcelCommand = RecordFoundParcel | RecordFoundItems | MatchFoundParcel | UnmatchFoundParcel | RecordHandover;

function decide(command: FoundParcelCommand, state: FoundParcelState): readonly FoundParcelEvent[] {
  if (command.type === 'RecordFoundParcel') return find(command, state);
  if (state === null) throw new DomainError('not_found', 'There is no such unannounced parcel.');
  switch (command.type) {
    case 'RecordFoundItems':
      return state.scans.some((scan) => scan.scanId === command.scanId) ? [] : command.items.map((item) => recorded(command, item));
    case 'MatchFoundParcel':
      return match(command, state);
    case 'UnmatchFoundParcel':
      return unmatch(command, state);
    case 'RecordHandover':
      return handover(command, state);
  }
}

function find(command: RecordFoundParcel, state: FoundParcelState): readonly FoundParcelEvent[] {
  const { at, trackingNumber, station, clerk, noteRef } = command;
  if (state !== null) {
    if (isSameFind(command, state)) return [];
    throw new DomainError('invalid_state', 'A parcel is recorded under this id already. Scan its contents there, or choose another id.');
  }
  return [
    { type: 'ParcelFound', data: { at, trackingNumber, station, clerk, noteRef } },
    ...command.items.map((item) => recorded(command, item)),
  ];
}

/** The same clerk says the same again, e.g. because the answer was lost. */
function isSameFind(command: RecordFoundParcel, parcel: FoundParcel): boolean {
  const known = parcel.scans.find((scan) => scan.scanId === command.scanId)?.items ?? [];
  return (
    parcel.trackingNumber === command.trackingNumber &&
    parcel.clerk === command.clerk &&
    known.length === command.items.length &&
    known.every(({ barcode, quantity }, index) => barcode === command.items[index]?.barcode && quantity === command.items[index]?.quantity)
  );
}

const recorded = (scan: RecordFoundParcel | RecordFoundItems, item: FoundItem): FoundItemRecorded => ({
  type: 'FoundItemRecorded',
  data: {
    at: scan.at,
    station: scan.station,
    clerk: scan.clerk,
    scanId: scan.scanId,
    barcode: item.barcode,
    quantity: item.quantity,
    noteRef: item.noteRef,
  },
});

/** A parcel belongs to one return; only when that return refused something may another one be named. */
function match({ at, returnId, station, clerk }: MatchFoundParcel, state: FoundParcel): readonly FoundParcelEvent[] {
  const status = statusOfFound(state);
  if (state.match !== null && status !== 'refused') {
    if (state.match.returnId === returnId) return [];
    throw new DomainError('invalid_state', `The parcel belongs to the return ${state.match.returnId} already.`, {
      returnId: state.match.returnId,
    });
  }
  return [{ type: 'ParcelMatched', data: { at, returnId, station, clerk } }];
}

/** Only while the return has received nothing of it, nor may be about to: one item must not end up on two returns. */
function unmatch({ at, station, clerk }: UnmatchFoundParcel, state: FoundParcel): readonly FoundParcelEvent[] {
  if (state.match === null) return [];
  const { returnId } = state.match;
  const handovers = new Set(state.scans.map((scan) => scan.handover));
  if (handovers.has('waiting'))
    throw new DomainError('invalid_state', `What was scanned is just being received on the return ${returnId}. Look again in a moment.`, {
      returnId,
    });
  if (handovers.has('handed_over'))
    throw new DomainError(
      'invalid_state',
      `Pieces of the parcel have been received on the return ${returnId}. Take those scans back there.`,
      { returnId },
    );
  return [{ type: 'ParcelUnmatched', data: { at, returnId, station, clerk } }];
}

function handover({ at, scanId, returnId, match: number, refusal }: RecordHandover, state: FoundParcel): readonly FoundParcelEvent[] {
  const scan = state.scans.find((each) => each.scanId === scanId);
  if (scan === undefined || scan.handover !== 'waiting' || state.matches !== number) return [];
  return refusal === null
    ? [{ type: 'FoundItemsHandedOver', data: { at, scanId, returnId } }]
    : [{ type: 'FoundItemsRefused', data: { at, scanId, returnId, code: refusal } }];
}

export const foundParcelDecider: Decider<FoundParcelState, FoundParcelCommand, FoundParcelEvent> = {
  initialState: null,
  decide,
  evolve: evolveFoundParcel,
};

/** As the machine room handles it: how to decide, which shapes are stored, how old ones are read. */
export const foundParcelModel: StreamModel<FoundParcelState, FoundParcelCommand, FoundParcelEvent> = {
  decider: foundParcelDecider,
  versions: FOUND_PARCEL_EVENT_VERSIONS,
  upcasters: FOUND_PARCEL_UPCASTERS,
};
