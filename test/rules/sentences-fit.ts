/** What a customer is told about what comes next is true, and no return is in a state that nobody can lead it out of. */
import { DomainError } from '../../src/eventing/decider.js';
import { payableOf } from '../../src/returns/rules/decide/entitlement.js';
import { returnsDecider, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import type { ReturnsState, ReturnState } from '../../src/returns/rules/returns.state.js';
import { decisionOf, livePayouts, refundedOf, statusOf } from '../../src/returns/rules/returns.status.js';
import { nextStep } from '../../src/returns/words/next-step.js';
import { approve, approveCapped, close, decline, outcome, retry, settle, submit, succeeded } from './returns.scenes.js';

/** What each sentence claims, as far as the state can say. */
type Claim = { readonly says: RegExp; readonly holds: (facts: Facts) => boolean };
type Facts = {
  readonly ret: ReturnState;
  readonly places: ReadonlySet<string>;
  readonly unpaid: readonly string[];
  readonly isOpen: boolean;
};

const CLAIMS: readonly Claim[] = [
  {
    says: /refund comes next|your refund follows/,
    holds: ({ ret, isOpen }) => decisionOf(ret) === null && ret.authorisation === 'approved' && isOpen,
  },
  {
    says: /(refund|credit) is on its way|the rest is on its way/,
    holds: ({ ret, unpaid }) =>
      decisionOf(ret) === null && unpaid.length > 0 && !unpaid.some((state) => ['failed', 'parked', 'in_doubt'].includes(state)),
  },
  { says: /All done/, holds: ({ ret, unpaid, isOpen }) => decisionOf(ret) === null && unpaid.length === 0 && !isOpen },
  { says: /bank shows the money|credit is ready/, holds: ({ ret }) => refundedOf(ret) > 0 },
  { says: /nothing to pay back/, holds: ({ ret }) => ret.refunds.flatMap(livePayouts).length === 0 },
  {
    says: /the rest follows/,
    holds: ({ ret, isOpen, unpaid }) => refundedOf(ret) > 0 && (isOpen || unpaid.length > 0) && decisionOf(ret) === null,
  },
  { says: /looking at (your return|it)/, holds: ({ ret }) => decisionOf(ret) === 'review' },
  { says: /return is here/, holds: ({ places }) => ['received', 'held', 'disposed'].some((place) => places.has(place)) },
  {
    says: /waiting for the rest/,
    holds: ({ places, ret }) =>
      places.has('awaiting') && ['received', 'held', 'disposed'].some((place) => places.has(place)) && decisionOf(ret) === null,
  },
  {
    says: /None of the items arrived/,
    holds: ({ places }) => !['awaiting', 'received', 'held', 'disposed'].some((place) => places.has(place)),
  },
  { says: /cannot be paid yet/, holds: ({ ret }) => decisionOf(ret) === 'blocked' },
  { says: /could not be paid yet/, holds: ({ unpaid }) => unpaid.includes('failed') || unpaid.includes('parked') },
  { says: /making sure that your refund/, holds: ({ unpaid }) => unpaid.includes('in_doubt') },
  { says: /was declined/, holds: ({ ret }) => ret.authorisation === 'declined' },
  { says: /is cancelled/, holds: ({ ret }) => ret.authorisation === 'cancelled' },
  { says: /has expired/, holds: ({ ret }) => ret.authorisation === 'expired' },
  { says: /is closed/, holds: ({ ret }) => ret.authorisation === 'closed' },
];

const OPEN_PLACES: ReadonlySet<string> = new Set(['received', 'held', 'disposed', 'kept']);

/** No sentence contradicts the state. */
export function expectSentenceFits(state: ReturnsState, ret: ReturnState): void {
  const { next } = nextStep(state, ret, { language: 'en', timeZone: 'UTC' });
  const units = ret.lines.flatMap((line) => line.units);
  const facts: Facts = {
    ret,
    places: new Set(units.map((unit) => unit.place)),
    unpaid: ret.refunds
      .flatMap(livePayouts)
      .map((payout) => payout.state)
      .filter((each) => each !== 'succeeded'),
    isOpen: units.some(({ place, settled }) => place === 'awaiting' || (!settled && OPEN_PLACES.has(place))),
  };
  for (const { says, holds } of CLAIMS) {
    if (says.test(next) && !holds(facts))
      throw new Error(
        `"${next}" is not true: ${JSON.stringify({ status: statusOf(state, ret), authorisation: ret.authorisation, blocked: ret.blocked, units, unpaid: facts.unpaid })}`,
      );
  }
  if (decisionOf(ret) !== null && /comes next|follows|on its way|All done|waiting for the rest/.test(next))
    throw new Error(`A person must decide first, and it says "${next}"`);
}

const ENDS: ReadonlySet<string> = new Set(['declined', 'cancelled', 'expired', 'closed', 'refunded']);

/** Whatever stands in the way, some command of some role leads on. */
export function expectWayOut(state: ReturnsState, ret: ReturnState): void {
  const status = statusOf(state, ret);
  if (ENDS.has(status) && decisionOf(ret) === null) return;
  const { returnId } = ret;
  const ofPayouts = ret.refunds.flatMap(({ refundId, payouts }) =>
    payouts.flatMap(({ paymentId, key }): readonly ReturnsCommand[] => {
      const on = { returnId, refundId, paymentId };
      return [submit(on), outcome(succeeded, key ?? 'none', on), { ...retry(paymentId), ...on }, { ...settle(paymentId), ...on }];
    }),
  );
  const ways: readonly ReturnsCommand[] = [
    approve(returnId),
    decline(returnId),
    approveCapped(payableOf(state, ret), returnId),
    ...ofPayouts,
    close(returnId),
  ];
  if (!ways.some((command) => leadsOn(command, state)))
    throw new Error(`Nothing leads on from ${status} (${ret.authorisation}): ${JSON.stringify(ret)}`);
}

function leadsOn(command: ReturnsCommand, state: ReturnsState): boolean {
  try {
    return returnsDecider.decide(command, state).length > 0;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
