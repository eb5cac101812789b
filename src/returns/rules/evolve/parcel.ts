import type { EventOf } from '../returns.events.js';
import {
  earliest,
  type Label,
  type OnReturn,
  type Parcel,
  type ParcelPhase,
  type Pickup,
  type ReturnState,
  type Sighting,
} from '../returns.state.js';

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

type News = { readonly at: string; readonly trackingNumber: string | null; readonly place: string | null };
const seen = (ret: ReturnState, { at, trackingNumber, place }: News, kind: Sighting['kind'], code: string | null = null): ReturnState =>
  sighted(ret, trackingNumber, { kind, at, place, code });

/** The first such moment is a milestone, whatever order the news came in. */
function reached(ret: ReturnState, at: string, milestone: 'firstScanAt' | 'deliveredAt'): ReturnState {
  return { ...ret, milestones: { ...ret.milestones, [milestone]: earliest(ret.milestones[milestone], at) } };
}

const asRequested = {
  state: 'requested',
  trackingNumber: null,
  code: null,
  costMinor: null,
  documentRef: null,
  issuedAt: null,
  voidedAt: null,
  voidOutcome: null,
  problem: null,
  attempts: 0,
} as const;

function labelIssued(data: EventOf<'LabelIssued'>['data'], ret: ReturnState, code: string | null = null): ReturnState {
  const { at, labelId, carrier, trackingNumber, costMinor, documentRef } = data;
  const known = { state: 'issued', carrier, trackingNumber, code, costMinor, documentRef, issuedAt: at, problem: null } as const;
  const labelled = onLabel(ret, labelId, (label) => ({ ...label, ...known, attempts: label.attempts + 1 }));
  return { ...labelled, milestones: { ...labelled.milestones, labelIssuedAt: labelled.milestones.labelIssuedAt ?? at } };
}

/** What happened to labels, pickups and parcels. */
export const PARCEL_EVENTS: OnReturn<'parcel'> = {
  LabelRequested: ({ at, labelId, carrier, kind }, ret) => ({
    ...ret,
    labels: [...ret.labels, { ...asRequested, labelId, kind, carrier, requestedAt: at }],
  }),
  LabelIssued: (data, ret) => labelIssued(data, ret),
  DropOffCodeIssued: (data, ret) => labelIssued(data, ret, data.code),
  LabelFailed: ({ labelId, code }, ret) =>
    onLabel(ret, labelId, (label) => ({ ...label, state: 'failed', problem: code, attempts: label.attempts + 1 })),
  LabelParked: ({ labelId, code, attempts }, ret) =>
    onLabel(ret, labelId, (label) => ({ ...label, state: 'parked', problem: code, attempts })),
  LabelVoided: ({ at, labelId }, ret) => onLabel(ret, labelId, (label) => ({ ...label, state: 'voided', voidedAt: label.voidedAt ?? at })),
  LabelVoidConfirmed: ({ labelId, outcome }, ret) => onLabel(ret, labelId, (label) => ({ ...label, voidOutcome: outcome })),
  PickupScheduled: ({ pickupId, from, until }, ret) => ({
    ...ret,
    pickups: [...ret.pickups, { pickupId, state: 'scheduled', from, until }],
  }),
  PickupMissed: ({ pickupId }, ret) => onPickup(ret, pickupId, 'missed'),
  PickupCompleted: ({ pickupId }, ret) => onPickup(ret, pickupId, 'completed'),
  ParcelScanned: (data, ret) => reached(seen(ret, data, 'scanned'), data.at, 'firstScanAt'),
  ParcelDelayed: (data, ret) => seen(ret, data, 'delayed'),
  ParcelExceptionRaised: (data, ret) => seen(ret, data, 'exception', data.code),
  ParcelLost: (data, ret) => seen(ret, data, 'lost'),
  ParcelDelivered: (data, ret) => reached(reached(seen(ret, data, 'delivered'), data.at, 'firstScanAt'), data.at, 'deliveredAt'),
};
