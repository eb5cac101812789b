/** Decisions about labels, pickups and what the carrier reports. */
import { DomainError } from '../../../eventing/decider.js';
import { sameSighting } from '../evolve/parcel.js';
import type { EventOf, EventOn, VoidOutcome } from '../returns.events.js';
import type { Label, Parcel, ReturnState, Sighting } from '../returns.state.js';
import { refuse, type Decisions, type On } from './find.js';

export type RequestLabel = On<'RequestLabel', { readonly carrier: string }>;
export type VoidLabel = On<'VoidLabel', { readonly labelId: string; readonly why: string }>;
/** What buying the label came to, told by the label process. */
export type RecordLabelOutcome = On<
  'RecordLabelOutcome',
  {
    readonly labelId: string;
    readonly outcome:
      /** `carrier`: who made it, where that is not the one that was asked. */
      | ({ readonly kind: 'issued'; readonly code: string | null; readonly carrier?: string } & Pick<
          EventOf<'LabelIssued'>['data'],
          'trackingNumber' | 'costMinor' | 'documentRef'
        >)
      | { readonly kind: 'failed'; readonly code: string; readonly retryable: boolean }
      | { readonly kind: 'parked'; readonly code: string; readonly attempts: number };
  }
>;
/** What the carrier said to taking a void label back. */
export type RecordLabelVoid = On<
  'RecordLabelVoid',
  { readonly labelId: string; readonly outcome: VoidOutcome; readonly code: string | null }
>;
export type SchedulePickup = On<'SchedulePickup', { readonly from: string; readonly until: string }>;
/** `picked_up` and `pickup_missed` answer the scheduled pickup; the others move the parcel. */
export const TRACKING_STATUSES = [
  'scanned',
  'in_transit',
  'delayed',
  'exception',
  'lost',
  'delivered',
  'picked_up',
  'pickup_missed',
] as const;
export type TrackingStatus = (typeof TRACKING_STATUSES)[number];
export type RecordTracking = On<
  'RecordTracking',
  {
    readonly status: TrackingStatus;
    /** False: the carrier named no moment, or one to come; `at` is when it was told. */
    readonly isTimed: boolean;
    readonly trackingNumber: string | null;
    readonly place: string | null;
    readonly code: string | null;
    readonly expectedAt: string | null;
    readonly fault: 'customer' | 'merchant' | 'carrier' | null;
  }
>;
export type ParcelCommand = RequestLabel | VoidLabel | RecordLabelOutcome | RecordLabelVoid | SchedulePickup | RecordTracking;

/** Every label costs money; a return never needs as many parcels. */
const MAX_LABELS = 10;

const isUsable = (label: Label): boolean => label.state === 'requested' || label.state === 'issued';

/** Methods for which the service buys return shipping. */
const needsLabel = (ret: ReturnState): boolean => ret.method === 'label' || ret.method === 'drop_off' || ret.method === 'pickup';

function labelRequested(ret: ReturnState, carrier: string, at: string): EventOn<'parcel'> {
  const labelId = `${ret.returnId}-L${ret.labels.length + 1}`;
  return {
    type: 'LabelRequested',
    data: { at, returnId: ret.returnId, labelId, carrier, kind: ret.method === 'drop_off' ? 'drop_off_code' : 'label' },
  };
}

/** The label an approval asks for: none where the customer sees to return shipping, one is there, or the parcel is. */
export function labelOnApproval(ret: ReturnState, at: string): readonly EventOn<'parcel'>[] {
  const underway = ret.parcels.length > 0 || ret.scans.length > 0 || ret.labels.some(isUsable);
  return needsLabel(ret) && !underway ? [labelRequested(ret, ret.carrier, at)] : [];
}

/** Voids every label that could still be used. */
export function voidLabels(ret: ReturnState, why: string, at: string): readonly EventOn<'parcel'>[] {
  return ret.labels.filter(isUsable).map(({ labelId }) => ({ type: 'LabelVoided', data: { at, returnId: ret.returnId, labelId, why } }));
}

function requestLabel(command: RequestLabel, ret: ReturnState): readonly EventOn<'parcel'>[] {
  if (ret.authorisation !== 'approved') return refuse('A label is issued for an approved return only.');
  if (!needsLabel(ret))
    return refuse(ret.method === 'keep' ? 'The customer keeps the items of this return.' : 'The customer sees to the return shipping.');
  if (ret.labels.some((label) => label.state === 'requested')) return [];
  if (ret.labels.filter(isUsable).length >= MAX_LABELS)
    return refuse(`A return has at most ${MAX_LABELS} labels at a time; void one first.`);
  return [labelRequested(ret, command.carrier, command.at)];
}

function labelOf(ret: ReturnState, labelId: string): Label {
  const label = ret.labels.find((each) => each.labelId === labelId);
  if (label === undefined) throw new DomainError('not_found', `There is no label ${labelId}.`);
  return label;
}

function voidLabel({ at, labelId, why }: VoidLabel, ret: ReturnState): readonly EventOn<'parcel'>[] {
  const label = labelOf(ret, labelId);
  if (label.state === 'voided') return [];
  if (ret.parcels.some((parcel) => parcel.trackingNumber !== null && parcel.trackingNumber === label.trackingNumber)) {
    return refuse('The carrier has scanned a parcel with this label; it can no longer be voided.');
  }
  return [{ type: 'LabelVoided', data: { at, returnId: ret.returnId, labelId, why } }];
}

type Issued = Extract<RecordLabelOutcome['outcome'], { readonly kind: 'issued' }>;

function issued(label: Label, { at, returnId }: RecordLabelOutcome, outcome: Issued): EventOn<'parcel'> {
  const { code, trackingNumber, costMinor, documentRef, carrier = label.carrier } = outcome;
  const data = { at, returnId, labelId: label.labelId, carrier, trackingNumber, costMinor, documentRef };
  return label.kind === 'drop_off_code' && code !== null
    ? { type: 'DropOffCodeIssued', data: { ...data, code } }
    : { type: 'LabelIssued', data };
}

function recordLabelOutcome(command: RecordLabelOutcome, ret: ReturnState): readonly EventOn<'parcel'>[] {
  const { at, returnId, labelId, outcome } = command;
  const label = labelOf(ret, labelId);
  if (label.issuedAt !== null) return [];
  const wasVoided = label.state === 'voided';
  switch (outcome.kind) {
    case 'issued': {
      // Voided while it was being bought: what it cost is recorded all the same, and it stays void.
      const voided: EventOn<'parcel'> = { type: 'LabelVoided', data: { at, returnId, labelId, why: 'issued_after_void' } };
      return [issued(label, command, outcome), ...(wasVoided ? [voided] : [])];
    }
    case 'failed':
      return wasVoided ? [] : [{ type: 'LabelFailed', data: { at, returnId, labelId, code: outcome.code, retryable: outcome.retryable } }];
    case 'parked':
      if (wasVoided || label.state === 'parked') return [];
      return [{ type: 'LabelParked', data: { at, returnId, labelId, code: outcome.code, attempts: outcome.attempts } }];
  }
}

const LAST_WORDS: readonly (VoidOutcome | null)[] = ['refunded', 'rejected', 'not_applicable'];

/** A carrier that looks into it may say more later; its last word stays. */
function recordLabelVoid({ at, returnId, labelId, outcome, code }: RecordLabelVoid, ret: ReturnState): readonly EventOn<'parcel'>[] {
  const { state, voidOutcome } = labelOf(ret, labelId);
  if (state !== 'voided' || voidOutcome === outcome || LAST_WORDS.includes(voidOutcome)) return [];
  return [{ type: 'LabelVoidConfirmed', data: { at, returnId, labelId, outcome, code } }];
}

function schedulePickup({ at, from, until }: SchedulePickup, ret: ReturnState): readonly EventOn<'parcel'>[] {
  if (ret.authorisation !== 'approved') return refuse('A pickup is scheduled for an approved return only.');
  if (!(Date.parse(from) < Date.parse(until))) throw new DomainError('validation_failed', 'The pickup must end after it begins.');
  const scheduled = ret.pickups.find((pickup) => pickup.state === 'scheduled');
  if (scheduled !== undefined) {
    return scheduled.from === from && scheduled.until === until ? [] : refuse('A pickup is scheduled already.');
  }
  if (Date.parse(until) <= Date.parse(at))
    throw new DomainError('validation_failed', 'This time is over; choose a later one for the pickup.');
  return [
    { type: 'PickupScheduled', data: { at, returnId: ret.returnId, pickupId: `${ret.returnId}-P${ret.pickups.length + 1}`, from, until } },
  ];
}

/** The parcel a carrier means that names none: the only one, else the one of the only label. */
export function trackingNumberOf(ret: ReturnState, named: string | null): string | null {
  if (named !== null) return named;
  const [only, another] = ret.parcels;
  if (only !== undefined && another === undefined) return only.trackingNumber;
  const labels = ret.labels.filter((label) => label.state === 'issued');
  return ret.parcels.length === 0 && labels.length === 1 ? (labels[0]?.trackingNumber ?? null) : null;
}

/** What the carrier's news say of the parcel. */
function sightingOf({ status, at, place, code }: RecordTracking): Sighting {
  switch (status) {
    case 'delivered':
    case 'lost':
    case 'delayed':
      return { kind: status, at, place, code: null };
    case 'exception':
      return { kind: status, at, place, code: code ?? 'unknown' };
    default:
      return { kind: 'scanned', at, place, code: null };
  }
}

/** Nothing new: the same news of the same moment, or, of news that name no moment, what is so already. */
function isKnown({ sightings, phase, delayed, exception, lastPlace }: Parcel, seen: Sighting, isTimed: boolean): boolean {
  // The warehouse has it on the table, whatever the carrier believes.
  if (seen.kind === 'lost' && phase === 'opened') return true;
  if (isTimed) return sightings.some((each) => sameSighting(each, seen));
  switch (seen.kind) {
    case 'delivered':
      return phase === 'delivered' || phase === 'opened';
    case 'lost':
      return phase === 'lost';
    case 'delayed':
      return delayed;
    case 'exception':
      return exception === seen.code;
    default:
      return sightings.some(({ kind }) => kind === 'scanned') && phase !== 'lost' && lastPlace === seen.place;
  }
}

function carrierNews(command: RecordTracking, ret: ReturnState): readonly EventOn<'parcel'>[] {
  const { at, returnId, place, expectedAt } = command;
  const trackingNumber = trackingNumberOf(ret, command.trackingNumber);
  const seen = sightingOf(command);
  const parcel = ret.parcels.find((each) => each.trackingNumber === trackingNumber);
  if (parcel !== undefined && isKnown(parcel, seen, command.isTimed)) return [];
  const data = { at, returnId, trackingNumber, place };
  switch (seen.kind) {
    case 'delivered':
      return [{ type: 'ParcelDelivered', data }];
    case 'lost':
      return [{ type: 'ParcelLost', data }];
    case 'delayed':
      return [{ type: 'ParcelDelayed', data: { ...data, expectedAt } }];
    case 'exception':
      return [{ type: 'ParcelExceptionRaised', data: { ...data, code: seen.code ?? 'unknown' } }];
    default:
      return [{ type: 'ParcelScanned', data }];
  }
}

const HALF_A_DAY = 12 * 3_600_000;

/** The pickup the courier's news are about: the last one, unless it was planned for later than what they tell of. */
function pickupMeant({ pickups }: ReturnState, { status, at, isTimed }: RecordTracking): string | undefined {
  const last = pickups.at(-1);
  if (last === undefined || last.state === 'completed') return undefined;
  // Being picked up after all makes good what was missed.
  if (status === 'picked_up') return last.pickupId;
  const isOfEarlier = isTimed && pickups.length > 1 && Date.parse(at) < Date.parse(last.from) - HALF_A_DAY;
  return last.state === 'scheduled' && !isOfEarlier ? last.pickupId : undefined;
}

function recordTracking(command: RecordTracking, ret: ReturnState): readonly EventOn<'parcel'>[] {
  const { at, returnId, status, fault } = command;
  const pickupId = pickupMeant(ret, command);
  if (status === 'pickup_missed') {
    return pickupId === undefined ? [] : [{ type: 'PickupMissed', data: { at, returnId, pickupId, fault: fault ?? 'carrier' } }];
  }
  const pickedUp: readonly EventOn<'parcel'>[] =
    pickupId === undefined || status !== 'picked_up' ? [] : [{ type: 'PickupCompleted', data: { at, returnId, pickupId } }];
  return [...pickedUp, ...carrierNews(command, ret)];
}

/** What the carrier reports is a fact and recorded whatever became of the return meanwhile. */
export const PARCEL_DECISIONS: Decisions<ParcelCommand> = {
  RequestLabel: requestLabel,
  VoidLabel: voidLabel,
  RecordLabelOutcome: recordLabelOutcome,
  RecordLabelVoid: recordLabelVoid,
  SchedulePickup: schedulePickup,
  RecordTracking: recordTracking,
};
