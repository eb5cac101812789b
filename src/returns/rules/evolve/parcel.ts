import type { EventOn } from '../returns.events.js';
import { earliest, type Label, type Parcel, type ParcelPhase, type Pickup, type ReturnState, type Sighting } from '../returns.state.js';

function onLabel(ret: ReturnState, labelId: string, change: (label: Label) => Label): ReturnState {
  return { ...ret, labels: ret.labels.map((label) => (label.labelId === labelId ? change(label) : label)) };
}

function onPickup(ret: ReturnState, pickupId: string, state: Pickup['state']): ReturnState {
  return { ...ret, pickups: ret.pickups.map((pickup) => (pickup.pickupId === pickupId ? { ...pickup, state } : pickup)) };
}

/** Which of two sightings of one moment comes first: what says more about the parcel comes last. */
const KINDS: readonly Sighting['kind'][] = ['scanned', 'delayed', 'exception', 'lost', 'delivered', 'opened'];

function byTime(one: Sighting, other: Sighting): number {
  const apart = Date.parse(one.at) - Date.parse(other.at) || KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind);
  if (apart !== 0) return apart;
  const [left, right] = [`${one.code ?? ''} ${one.place ?? ''}`, `${other.code ?? ''} ${other.place ?? ''}`];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** The same news of the same moment. */
export const sameSighting = (one: Sighting, other: Sighting): boolean =>
  one.kind === other.kind && one.at === other.at && one.place === other.place && one.code === other.code;

type Told = { readonly phase: ParcelPhase; readonly since: string | null; readonly late: string | null; readonly problem: Sighting | null };

/** One sighting after the other, as they happened: a lost parcel can turn up, a delivered one is moved by no scan. */
function next(told: Told, seen: Sighting): Told {
  switch (seen.kind) {
    case 'scanned':
      return told.phase === 'lost' ? { ...told, phase: 'in_transit', since: null } : told;
    case 'delayed':
      return { ...told, late: seen.at };
    case 'exception':
      return { ...told, problem: seen };
    case 'lost':
      return told.phase === 'lost' ? told : { ...told, phase: 'lost', since: seen.at };
    case 'delivered':
      return { phase: 'delivered', since: null, late: null, problem: null };
    case 'opened':
      return told;
  }
}

/** The parcel as all its sightings together show it; what the warehouse has opened is there, whatever the carrier believes. */
function asSeen(trackingNumber: string | null, sightings: readonly Sighting[], at: string): Parcel {
  const { phase, since, late, problem } = sightings.reduce(next, { phase: 'in_transit', since: null, late: null, problem: null });
  const first = (...kinds: readonly Sighting['kind'][]): string | null => sightings.find(({ kind }) => kinds.includes(kind))?.at ?? null;
  const openedAt = first('opened');
  return {
    trackingNumber,
    sightings,
    openedAt,
    phase: openedAt === null ? phase : 'opened',
    firstScanAt: first('scanned', 'delivered'),
    deliveredAt: first('delivered'),
    delayed: late !== null,
    exception: problem?.code ?? null,
    troubleAt: (openedAt === null ? since : null) ?? problem?.at ?? late,
    lastPlace: sightings.findLast(({ kind }) => kind !== 'opened')?.place ?? null,
    lastAt: sightings.at(-1)?.at ?? at,
  };
}

/** The return with a sighting of the parcel with that tracking number, which is made on its first mention. */
export function sighted(ret: ReturnState, trackingNumber: string | null, seen: Sighting): ReturnState {
  const index = ret.parcels.findIndex((parcel) => parcel.trackingNumber === trackingNumber);
  const known = ret.parcels[index]?.sightings ?? [];
  if (known.some((each) => sameSighting(each, seen))) return ret;
  const parcel = asSeen(trackingNumber, [...known, seen].sort(byTime), seen.at);
  return { ...ret, parcels: index === -1 ? [...ret.parcels, parcel] : ret.parcels.with(index, parcel) };
}

function moved(ret: ReturnState, event: Extract<EventOn<'parcel'>, { readonly data: { readonly place: string | null } }>): ReturnState {
  const { at, trackingNumber, place } = event.data;
  const seen = (kind: Sighting['kind'], code: string | null = null): ReturnState => sighted(ret, trackingNumber, { kind, at, place, code });
  switch (event.type) {
    case 'ParcelScanned':
      return reached(seen('scanned'), at, 'firstScanAt');
    case 'ParcelDelivered':
      return reached(reached(seen('delivered'), at, 'firstScanAt'), at, 'deliveredAt');
    case 'ParcelDelayed':
      return seen('delayed');
    case 'ParcelExceptionRaised':
      return seen('exception', event.data.code);
    case 'ParcelLost':
      return seen('lost');
  }
}

/** The first such moment is a milestone, whatever order the news came in. */
function reached(ret: ReturnState, at: string, milestone: 'firstScanAt' | 'deliveredAt'): ReturnState {
  return { ...ret, milestones: { ...ret.milestones, [milestone]: earliest(ret.milestones[milestone], at) } };
}

/** Folds what happened to labels, pickups and parcels. */
export function evolveParcel(ret: ReturnState, event: EventOn<'parcel'>): ReturnState {
  switch (event.type) {
    case 'LabelRequested': {
      const { at, labelId, carrier, kind } = event.data;
      const label: Label = {
        labelId,
        kind,
        state: 'requested',
        carrier,
        trackingNumber: null,
        code: null,
        costMinor: null,
        documentRef: null,
        requestedAt: at,
        issuedAt: null,
        problem: null,
        attempts: 0,
      };
      return { ...ret, labels: [...ret.labels, label] };
    }
    case 'LabelIssued':
    case 'DropOffCodeIssued': {
      const { at, labelId, carrier, trackingNumber, costMinor, documentRef } = event.data;
      const code = event.type === 'DropOffCodeIssued' ? event.data.code : null;
      const labelled = onLabel(ret, labelId, (label) => ({
        ...label,
        state: 'issued',
        carrier,
        trackingNumber,
        code,
        costMinor,
        documentRef,
        issuedAt: at,
        problem: null,
        attempts: label.attempts + 1,
      }));
      return { ...labelled, milestones: { ...labelled.milestones, labelIssuedAt: labelled.milestones.labelIssuedAt ?? at } };
    }
    case 'LabelFailed':
      return onLabel(ret, event.data.labelId, (label) => ({
        ...label,
        state: 'failed',
        problem: event.data.code,
        attempts: label.attempts + 1,
      }));
    case 'LabelParked':
      return onLabel(ret, event.data.labelId, (label) => ({
        ...label,
        state: 'parked',
        problem: event.data.code,
        attempts: event.data.attempts,
      }));
    case 'LabelVoided':
      return onLabel(ret, event.data.labelId, (label) => ({ ...label, state: 'voided' }));
    case 'PickupScheduled': {
      const { pickupId, from, until } = event.data;
      return { ...ret, pickups: [...ret.pickups, { pickupId, state: 'scheduled', from, until }] };
    }
    case 'PickupMissed':
      return onPickup(ret, event.data.pickupId, 'missed');
    case 'PickupCompleted':
      return onPickup(ret, event.data.pickupId, 'completed');
    case 'ParcelScanned':
    case 'ParcelDelayed':
    case 'ParcelExceptionRaised':
    case 'ParcelLost':
    case 'ParcelDelivered':
      return moved(ret, event);
  }
}
