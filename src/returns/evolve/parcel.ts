import type { ParcelRailEvent } from '../returns.events.js';
import type { Label, Parcel, ParcelPhase, Pickup, ReturnState } from '../returns.state.js';
import { earliest } from './units.js';

function onLabel(ret: ReturnState, labelId: string, change: (label: Label) => Label): ReturnState {
  return { ...ret, labels: ret.labels.map((label) => (label.labelId === labelId ? change(label) : label)) };
}

function onPickup(ret: ReturnState, pickupId: string, state: Pickup['state']): ReturnState {
  return { ...ret, pickups: ret.pickups.map((pickup) => (pickup.pickupId === pickupId ? { ...pickup, state } : pickup)) };
}

/** The parcel with that tracking number, made on its first mention, with `change` applied. */
export function onParcel(ret: ReturnState, trackingNumber: string | null, at: string, change: (parcel: Parcel) => Parcel): ReturnState {
  const index = ret.parcels.findIndex((parcel) => parcel.trackingNumber === trackingNumber);
  const known = ret.parcels[index];
  if (known !== undefined) return { ...ret, parcels: ret.parcels.with(index, change(known)) };
  const unseen: Parcel = {
    trackingNumber, phase: 'in_transit', firstScanAt: null, deliveredAt: null, delayed: false, exception: null, lastPlace: null, lastAt: at,
  };
  return { ...ret, parcels: [...ret.parcels, change(unseen)] };
}

/** Scans that arrive late do not move a parcel back. */
const atLeast = (phase: ParcelPhase, next: 'in_transit' | 'delivered'): ParcelPhase => {
  if (phase === 'opened') return 'opened';
  return phase === 'delivered' ? 'delivered' : next;
};

function moved(ret: ReturnState, event: Extract<ParcelRailEvent, { readonly data: { readonly place: string | null } }>): ReturnState {
  const { at, trackingNumber, place } = event.data;
  const seen = { lastPlace: place, lastAt: at };
  switch (event.type) {
    case 'ParcelScanned':
      return firstScanned(ret, trackingNumber, at, (parcel) => ({ ...parcel, ...seen, phase: atLeast(parcel.phase, 'in_transit') }));
    case 'ParcelDelivered': {
      const next = firstScanned(ret, trackingNumber, at, (parcel) => ({
        ...parcel, ...seen, phase: atLeast(parcel.phase, 'delivered'), deliveredAt: earliest(parcel.deliveredAt, at), delayed: false, exception: null,
      }));
      return { ...next, milestones: { ...next.milestones, deliveredAt: earliest(next.milestones.deliveredAt, at) } };
    }
    case 'ParcelDelayed':
      return onParcel(ret, trackingNumber, at, (parcel) => ({ ...parcel, ...seen, delayed: true }));
    case 'ParcelExceptionRaised':
      return onParcel(ret, trackingNumber, at, (parcel) => ({ ...parcel, ...seen, exception: event.data.code }));
    case 'ParcelLost':
      return onParcel(ret, trackingNumber, at, (parcel) => ({ ...parcel, ...seen, phase: 'lost' }));
  }
}

/** A carrier had it in hands: the first such moment is a milestone. */
function firstScanned(ret: ReturnState, trackingNumber: string | null, at: string, change: (parcel: Parcel) => Parcel): ReturnState {
  const next = onParcel(ret, trackingNumber, at, (parcel) => ({ ...change(parcel), firstScanAt: earliest(parcel.firstScanAt, at) }));
  return { ...next, milestones: { ...next.milestones, firstScanAt: earliest(next.milestones.firstScanAt, at) } };
}

/** Folds what happened to labels, pickups and parcels. */
export function evolveParcel(ret: ReturnState, event: ParcelRailEvent): ReturnState {
  switch (event.type) {
    case 'LabelRequested': {
      const { at, labelId, carrier, kind } = event.data;
      const label: Label = {
        labelId, kind, state: 'requested', carrier, trackingNumber: null, code: null, costMinor: null, documentRef: null,
        requestedAt: at, issuedAt: null, problem: null, attempts: 0,
      };
      return { ...ret, labels: [...ret.labels, label] };
    }
    case 'LabelIssued':
    case 'DropOffCodeIssued': {
      const { at, labelId, carrier, trackingNumber, costMinor, documentRef } = event.data;
      const code = event.type === 'DropOffCodeIssued' ? event.data.code : null;
      const next = onLabel(ret, labelId, (label) => ({
        ...label, state: 'issued', carrier, trackingNumber, code, costMinor, documentRef, issuedAt: at, problem: null, attempts: label.attempts + 1,
      }));
      return { ...next, milestones: { ...next.milestones, labelIssuedAt: next.milestones.labelIssuedAt ?? at } };
    }
    case 'LabelFailed':
      return onLabel(ret, event.data.labelId, (label) => ({ ...label, state: 'failed', problem: event.data.code, attempts: label.attempts + 1 }));
    case 'LabelParked':
      return onLabel(ret, event.data.labelId, (label) => ({ ...label, state: 'parked', problem: event.data.code, attempts: event.data.attempts }));
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
