import type { EventOf, Reason, RequestedLine } from '../returns.events.js';
import {
  changeAllUnits,
  changeUnits,
  type EndedBy,
  type Milestones,
  type OnReturn,
  type ReturnLine,
  type ReturnState,
  type ReturnUnit,
} from '../returns.state.js';

const awaited = (unit: number): ReturnUnit => ({
  unit,
  place: 'awaiting',
  grade: null,
  factorBp: null,
  disposition: null,
  entitledMinor: 0,
  settled: false,
});

function filedLine(requested: RequestedLine): ReturnLine {
  return { ...requested, units: requested.units.map(awaited) };
}

const untouched = (requestedAt: string): Milestones => ({
  requestedAt,
  approvedAt: null,
  labelIssuedAt: null,
  firstScanAt: null,
  deliveredAt: null,
  receivedAt: null,
  inspectedAt: null,
  entitledAt: null,
  submittedAt: null,
  refundedAt: null,
  endedAt: null,
});

/** The return as it is the moment it was requested. */
export function filedReturn(event: EventOf<'ReturnRequested'>, number: number): ReturnState {
  const { at, returnId, lines, outcome, method, carrier, terms, quotedMinor } = event.data;
  return {
    returnId,
    number,
    authorisation: 'requested',
    approvedSince: null,
    reviewReasons: [],
    endedBy: null,
    endReason: null,
    outcome,
    method,
    carrier,
    terms,
    quotedMinor,
    lines: lines.map(filedLine),
    labels: [],
    pickups: [],
    parcels: [],
    scans: [],
    mismatches: [],
    restocks: [],
    refunds: [],
    blocked: null,
    station: null,
    milestones: untouched(at),
  };
}

const isOut = (unit: ReturnUnit): boolean => unit.place === 'awaiting' || unit.place === 'kept';

/**
 * Units still with the customer become returnable again, except those already refunded: they are the customer's now,
 * or they could be refunded a second time.
 */
function releaseOutstanding(ret: ReturnState): ReturnState {
  return changeAllUnits(ret, (unit) => {
    if (!isOut(unit)) return unit;
    return { ...unit, place: unit.settled || unit.entitledMinor > 0 ? 'kept' : 'released' };
  });
}

function approved(ret: ReturnState, at: string): ReturnState {
  const milestones = { ...ret.milestones, approvedAt: ret.milestones.approvedAt ?? at };
  const next: ReturnState = { ...ret, authorisation: 'approved', approvedSince: ret.approvedSince ?? at, milestones };
  if (ret.method !== 'keep') return next;
  return changeAllUnits(next, (unit) => (unit.place === 'awaiting' ? { ...unit, place: 'kept' } : unit));
}

function ended(
  ret: ReturnState,
  authorisation: ReturnState['authorisation'],
  by: EndedBy,
  endReason: Reason | null,
  at: string,
): ReturnState {
  return {
    ...releaseOutstanding(ret),
    blocked: null,
    authorisation,
    approvedSince: null,
    endedBy: by,
    endReason,
    milestones: { ...ret.milestones, endedAt: at },
  };
}

function underway(ret: ReturnState, authorisation: ReturnState['authorisation'], approvedSince: string | null): ReturnState {
  return { ...ret, authorisation, approvedSince, endedBy: null, endReason: null, milestones: { ...ret.milestones, endedAt: null } };
}

/** What was decided about whether the return may happen. */
export const AUTHORISATION_EVENTS: OnReturn<'authorisation'> = {
  ReturnApproved: ({ at }, ret) => approved(ret, at),
  // Whether its goods have earned anything is what a person decides now.
  ReturnSentToReview: ({ reasons }, ret) => ({ ...underway(ret, 'in_review', null), blocked: null, reviewReasons: reasons }),
  ReturnDeclined: ({ at, by, code }, ret) => ended(ret, 'declined', by, { code }, at),
  ReturnCancelled: ({ at, by, reason }, ret) => ended(ret, 'cancelled', by, reason, at),
  ReturnExpired: ({ at }, ret) => ended(ret, 'expired', 'timer', null, at),
  ReturnClosed: ({ at, reason }, ret) => ended(ret, 'closed', 'staff', reason, at),
  ReturnReopened: ({ at, retaken }, ret) =>
    retaken.reduce(
      (next, { lineId, units }) => changeUnits(next, lineId, units, (unit) => ({ ...unit, place: 'awaiting' })),
      underway(ret, 'approved', at),
    ),
};
