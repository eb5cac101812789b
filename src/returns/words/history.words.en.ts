/** The sentences of a return's history in English. */
import { STORE_CREDIT } from '../rules/money/payouts.js';
import type { Destination, EventOf, FeeCode, VoidOutcome } from '../rules/returns.events.js';
import { declineWords } from './decline.words.js';
import { atPlace, by, inside, isRefundedElsewhere, quoted, unitsIn, type Sentences, type Wording } from './history-wording.js';
import { reviewInWords, type ReadReason } from './reason.words.js';
import { BLOCK_WORDS } from './returns.words.js';

export const ENGLISH: Sentences = {
  OrderRegistered: (data) => `Order ${data.number} was registered with ${count(data.lines.length, 'line')}.`,
  OrderAmended: (data) => `The shop changed order ${data.number}.`,
  FulfilmentRecorded: (data) => `The shop reported shipment of ${count(data.lines.length, 'line')}.`,
  PaymentDisputed: (data, { money }) => `A dispute over ${money(data.amountMinor)} was opened with the bank.`,
  DisputeClosed: (data) => `The dispute was ${data.outcome} by the shop.`,
  RefundedElsewhere: (data, { money }) => `The shop gave ${money(data.amountMinor)} of the order back by another way.`,
  ReturnRequested: (data, { money }) =>
    `Return of ${count(unitsIn(data.lines), 'unit')} requested; ${money(data.quotedMinor)} expected ${OUTCOMES[data.outcome]}.`,
  ReturnApproved: (data) => (data.by === 'policy' ? 'Approved at once by the return policy.' : 'Approved after review.'),
  ReturnSentToReview: (data, wording) =>
    `Sent to review: ${data.reasons.map((each) => inside(reviewInWords(each, 'en', wording.text, wording.isWithheld))).join('; ')}.`,
  ReturnDeclined: (data, wording) =>
    data.by === 'policy'
      ? `Declined by the return policy${because({ code: data.code })}.`
      : `Declined${because(wording.reason({ code: data.code }))}${quoted(data.noteRef, wording.text)}.`,
  ReturnCancelled: (data, wording) =>
    data.by === 'customer' ? 'Cancelled by the customer.' : `Cancelled by the shop${why(wording.reason(data.reason))}.`,
  ReturnExpired: (data) => `Expired: nothing was sent within ${count(data.afterDays, 'day')}.`,
  ReturnClosed: (data, wording) => `Closed${why(wording.reason(data.reason))}.`,
  ReturnReopened: (data, wording) => `Opened again${why(wording.reason(data.reason))}.`,
  LabelRequested: (data) => (data.kind === 'label' ? 'A return label was ordered.' : 'A drop-off code was ordered.'),
  LabelIssued: (data) => `The return label is ready (${by(data.carrier)}tracking number ${data.trackingNumber}).`,
  DropOffCodeIssued: (data) => `The drop-off code is ready (${by(data.carrier)}tracking number ${data.trackingNumber}).`,
  LabelFailed: (data) =>
    data.retryable ? 'The label could not be made yet; it is tried again.' : `The label could not be made (${plain(data.code)}).`,
  LabelParked: (data) => `The label could not be made after ${count(data.attempts, 'attempt')}; someone looks into it.`,
  LabelVoided: (data) => `The return label is no longer valid (${plain(data.why)}).`,
  LabelVoidConfirmed: (data) => VOIDED[data.outcome],
  PickupScheduled: pickupWords,
  PickupMissed: (data) =>
    data.fault === 'customer' ? 'The courier came, but nobody handed the parcel over.' : 'The courier did not come as agreed.',
  PickupCompleted: () => 'The courier picked the parcel up.',
  ParcelScanned: (data) => `The carrier has the parcel${atPlace(data.place)}.`,
  ParcelDelayed: (data, wording) =>
    `The parcel is delayed${atPlace(data.place)}${data.expectedAt === null ? '' : `, expected ${wording.day(data.expectedAt)}`}.`,
  ParcelExceptionRaised: (data) => `The carrier reports a problem with the parcel${atPlace(data.place)} (${plain(data.code)}).`,
  ParcelLost: () => 'The carrier reports the parcel lost.',
  ParcelDelivered: (data) => `The parcel reached the warehouse${atPlace(data.place)}.`,
  ParcelOpened: () => 'The parcel was opened.',
  ItemReceived: (data, wording) => `${items(data, wording)} received.`,
  ItemUnexpected: unexpectedWords,
  ItemReceivedElsewhere: (data, wording) =>
    `${count(data.quantity, 'unit')} of ${titleOf(data.lineId, wording)} in this parcel ${data.quantity === 1 ? 'belongs' : 'belong'} to return ${data.onReturnId} and ${data.quantity === 1 ? 'was' : 'were'} received there.`,
  ItemMismatched: (data, wording) => `${count(data.quantity, 'other item')} found instead of ${titleOf(data.expectedLineId, wording)}.`,
  ItemMarkedMissing: (data, wording) => `${items(data, wording)} did not arrive${why({ code: data.why })}.`,
  ReceiptCorrected: (data) => `A receipt was corrected by ${data.delta}${why({ code: data.why })}.`,
  ItemGraded: (data, wording) => `${items(data, wording)} inspected: grade ${data.grade}${listed(data.defects)}.`,
  ItemDisposed: disposedWords,
  RestockRequested: (data) => `${count(data.quantity, 'unit')} of ${data.sku ?? data.title} offered to the stock system.`,
  RestockConfirmed: () => 'The stock system took the units.',
  RestockBlocked: (data) => `The stock system refused the units${why({ code: data.reason })}.`,
  RestockWithdrawn: (data, wording) => `${items(data, wording)} ${data.units.length === 1 ? 'does' : 'do'} not go back on sale.`,
  RefundBlocked: (data, { money }) => {
    const { amountMinor, code } = data;
    return code === null
      ? 'Nothing is held back any more.'
      : `${money(amountMinor)} is owed for the goods and cannot be paid yet: ${BLOCK_WORDS.en[code]}.`;
  },
  RefundEntitled: entitledWords,
  RefundSubmitted: (data, { money }) =>
    data.provider === STORE_CREDIT ? 'Store credit is being issued.' : `${money(data.amountMinor)} sent to the payment provider.`,
  RefundPending: () => 'The payment provider is working on the refund.',
  RefundSucceeded: (data) => (data.by === 'provider' ? 'The refund was paid.' : 'The refund was paid and settled by hand.'),
  RefundFailed: (data) => `The refund failed (${plain(data.code)}); the money is still owed.`,
  RefundPutInDoubt: () => 'It is not known yet whether the refund was paid; nothing further is paid until it is.',
  RefundParked: (data) => {
    if (isRefundedElsewhere(data.reason)) return 'The refund waits: money was given back by another way, and someone looks into it.';
    return `The refund could not be paid after ${count(data.attempts, 'attempt')}; someone looks into it.`;
  },
  RefundRetryRequested: () => 'The refund is tried again.',
  RefundRerouted: (data) => `The refund now goes another way: ${DESTINATIONS[data.destination]}.`,
  StoreCreditIssued: (data, { money }) => `Store credit of ${money(data.amountMinor + data.bonusMinor)} was issued.`,
};

const OUTCOMES: Readonly<Record<EventOf<'ReturnRequested'>['data']['outcome'], string>> = {
  original_payment: 'back the way it was paid',
  store_credit: 'as store credit',
  exchange: 'as an exchange',
};
const DESTINATIONS: Readonly<Record<Destination, string>> = {
  original_payment: 'back to the original payment',
  store_credit: 'as store credit',
  bank_transfer: 'by bank transfer',
};
const FEES: Readonly<Record<FeeCode, string>> = {
  restocking: 'restocking fee',
  return_shipping: 'return shipping fee',
  promotion_lost: 'promotion lost fee',
  not_captured: 'rounding',
  given_up: 'not covered by the payments:',
};
const VOIDED: Readonly<Record<VoidOutcome, string>> = {
  submitted: 'The carrier was asked to take the unused label back.',
  refunded: 'The carrier took the unused label back.',
  rejected: 'The carrier did not take the label back.',
  not_applicable: 'The carrier charges nothing for the unused label.',
  parked: 'The carrier could not be asked to take the label back; someone looks into it.',
};
const plain = (code: string): string => code.replaceAll('_', ' ');
const because = (reason: ReadReason | null): string =>
  reason === null || !('code' in reason) ? '' : ` (${declineWords(reason.code, 'en') ?? plain(reason.code)})`;
/** A code in plain words; what a person wrote as it is; nothing for null. */
const why = (reason: ReadReason | null): string =>
  reason === null ? '' : `: ${inside('code' in reason ? plain(reason.code) : reason.text)}`;
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
const listed = (texts: readonly string[]): string => (texts.length === 0 ? '' : ` (${texts.map(plain).join(', ')})`);
function titleOf(lineId: string, { title }: Wording): string {
  const known = title(lineId);
  return known === undefined ? `line ${lineId}` : `“${known}”`;
}
const items = ({ lineId, units }: { readonly lineId: string; readonly units: readonly number[] }, wording: Wording): string =>
  `${count(units.length, 'unit')} of ${titleOf(lineId, wording)}`;

function pickupWords({ from, until }: { readonly from: string; readonly until: string }, { day, time, zone }: Wording): string {
  return day(from) === day(until)
    ? `The courier comes on ${day(from)} between ${time(from)} and ${time(until)} (${zone(from)}).`
    : `The courier comes between ${day(from)}, ${time(from)}, and ${day(until)}, ${time(until)} (${zone(from)}).`;
}

function unexpectedWords(data: EventOf<'ItemUnexpected'>['data']): string {
  const what = count(data.quantity, 'unit');
  return data.why === 'surplus'
    ? `${what} more than announced arrived and ${data.quantity === 1 ? 'was' : 'were'} set aside.`
    : `${what} not part of the return arrived and ${data.quantity === 1 ? 'was' : 'were'} set aside.`;
}

function disposedWords(data: EventOf<'ItemDisposed'>['data'], wording: Wording): string {
  const where = data.location === null ? '' : ` at ${data.location}`;
  return `${items(data, wording)} put away: ${plain(data.disposition)}${where}.`;
}

function entitledWords(data: EventOf<'RefundEntitled'>['data'], { money }: Wording): string {
  const fees = data.breakdown.fees.map(({ code, amountMinor }) => `${FEES[code]} ${money(amountMinor)}`);
  const why = fees.length === 0 ? '' : ` after ${fees.join(' and ')}`;
  return `A refund of ${money(data.breakdown.totalMinor)}${why} is due, ${DESTINATIONS[data.destination]}.`;
}
