/** The sentences of a return's history in English. */
import { STORE_CREDIT } from '../rules/money/payouts.js';
import type { Destination, EventOf, FeeCode, ReturnsEvent } from '../rules/returns.events.js';
import { declineWords } from './decline.words.js';
import { atPlace, by, inside, isRefundedElsewhere, quoted, unitsIn, type Wording } from './history-wording.js';
import { reviewInWords, type ReadReason } from './reason.words.js';
import { BLOCK_WORDS } from './returns.words.js';

export function englishOf(event: ReturnsEvent, wording: Wording): string {
  const { money } = wording;
  switch (event.type) {
    case 'OrderRegistered':
      return `Order ${event.data.number} was registered with ${count(event.data.lines.length, 'line')}.`;
    case 'OrderAmended':
      return `The shop changed order ${event.data.number}.`;
    case 'FulfilmentRecorded':
      return `The shop reported shipment of ${count(event.data.lines.length, 'line')}.`;
    case 'PaymentDisputed':
      return `A dispute over ${money(event.data.amountMinor)} was opened with the bank.`;
    case 'DisputeClosed':
      return `The dispute was ${event.data.outcome} by the shop.`;
    case 'RefundedElsewhere':
      return `The shop gave ${money(event.data.amountMinor)} of the order back by another way.`;
    case 'ReturnRequested':
      return `Return of ${count(unitsIn(event.data.lines), 'unit')} requested; ${money(event.data.quotedMinor)} expected ${OUTCOMES[event.data.outcome]}.`;
    case 'ReturnApproved':
      return event.data.by === 'policy' ? 'Approved at once by the return policy.' : 'Approved after review.';
    case 'ReturnSentToReview':
      return `Sent to review: ${event.data.reasons.map((each) => inside(reviewInWords(each, 'en', wording.text, wording.isWithheld))).join('; ')}.`;
    case 'ReturnDeclined':
      return event.data.by === 'policy'
        ? `Declined by the return policy${because({ code: event.data.code })}.`
        : `Declined${because(wording.reason({ code: event.data.code }))}${quoted(event.data.noteRef, wording.text)}.`;
    case 'ReturnCancelled':
      return event.data.by === 'customer'
        ? 'Cancelled by the customer.'
        : `Cancelled by the shop${why(wording.reason(event.data.reason))}.`;
    case 'ReturnExpired':
      return `Expired: nothing was sent within ${count(event.data.afterDays, 'day')}.`;
    case 'ReturnClosed':
      return `Closed${why(wording.reason(event.data.reason))}.`;
    case 'ReturnReopened':
      return `Opened again${why(wording.reason(event.data.reason))}.`;
    case 'LabelRequested':
      return event.data.kind === 'label' ? 'A return label was ordered.' : 'A drop-off code was ordered.';
    case 'LabelIssued':
      return `The return label is ready (${by(event.data.carrier)}tracking number ${event.data.trackingNumber}).`;
    case 'DropOffCodeIssued':
      return `The drop-off code is ready (${by(event.data.carrier)}tracking number ${event.data.trackingNumber}).`;
    case 'LabelFailed':
      return event.data.retryable
        ? 'The label could not be made yet; it is tried again.'
        : `The label could not be made (${plain(event.data.code)}).`;
    case 'LabelParked':
      return `The label could not be made after ${count(event.data.attempts, 'attempt')}; someone looks into it.`;
    case 'LabelVoided':
      return `The return label is no longer valid (${plain(event.data.why)}).`;
    case 'PickupScheduled':
      return pickupWords(event.data, wording);
    case 'PickupMissed':
      return event.data.fault === 'customer'
        ? 'The courier came, but nobody handed the parcel over.'
        : 'The courier did not come as agreed.';
    case 'PickupCompleted':
      return 'The courier picked the parcel up.';
    case 'ParcelScanned':
      return `The carrier has the parcel${atPlace(event.data.place)}.`;
    case 'ParcelDelayed':
      return `The parcel is delayed${atPlace(event.data.place)}${event.data.expectedAt === null ? '' : `, expected ${wording.day(event.data.expectedAt)}`}.`;
    case 'ParcelExceptionRaised':
      return `The carrier reports a problem with the parcel${atPlace(event.data.place)} (${plain(event.data.code)}).`;
    case 'ParcelLost':
      return 'The carrier reports the parcel lost.';
    case 'ParcelDelivered':
      return `The parcel reached the warehouse${atPlace(event.data.place)}.`;
    case 'ParcelOpened':
      return 'The parcel was opened.';
    case 'ItemReceived':
      return `${items(event.data, wording)} received.`;
    case 'ItemUnexpected':
      return unexpectedWords(event);
    case 'ItemReceivedElsewhere':
      return `${count(event.data.quantity, 'unit')} of ${titleOf(event.data.lineId, wording)} in this parcel ${event.data.quantity === 1 ? 'belongs' : 'belong'} to return ${event.data.onReturnId} and ${event.data.quantity === 1 ? 'was' : 'were'} received there.`;
    case 'ItemMismatched':
      return `${count(event.data.quantity, 'other item')} found instead of ${titleOf(event.data.expectedLineId, wording)}.`;
    case 'ItemMarkedMissing':
      return `${items(event.data, wording)} did not arrive${why({ code: event.data.why })}.`;
    case 'ReceiptCorrected':
      return `A receipt was corrected by ${event.data.delta}${why({ code: event.data.why })}.`;
    case 'ItemGraded':
      return `${items(event.data, wording)} inspected: grade ${event.data.grade}${listed(event.data.defects)}.`;
    case 'ItemDisposed':
      return disposedWords(event, wording);
    case 'RestockRequested':
      return `${count(event.data.quantity, 'unit')} of ${event.data.sku ?? event.data.title} offered to the stock system.`;
    case 'RestockConfirmed':
      return 'The stock system took the units.';
    case 'RestockBlocked':
      return `The stock system refused the units${why({ code: event.data.reason })}.`;
    case 'RestockWithdrawn':
      return `${items(event.data, wording)} ${event.data.units.length === 1 ? 'does' : 'do'} not go back on sale.`;
    case 'RefundBlocked': {
      const { amountMinor, code } = event.data;
      return code === null
        ? 'Nothing is held back any more.'
        : `${money(amountMinor)} is owed for the goods and cannot be paid yet: ${BLOCK_WORDS.en[code]}.`;
    }
    case 'RefundEntitled':
      return entitledWords(event, money);
    case 'RefundSubmitted':
      return event.data.provider === STORE_CREDIT
        ? 'Store credit is being issued.'
        : `${money(event.data.amountMinor)} sent to the payment provider.`;
    case 'RefundPending':
      return 'The payment provider is working on the refund.';
    case 'RefundSucceeded':
      return event.data.by === 'provider' ? 'The refund was paid.' : 'The refund was paid and settled by hand.';
    case 'RefundFailed':
      return `The refund failed (${plain(event.data.code)}); the money is still owed.`;
    case 'RefundPutInDoubt':
      return 'It is not known yet whether the refund was paid; nothing further is paid until it is.';
    case 'RefundParked':
      if (isRefundedElsewhere(event.data.reason))
        return 'The refund waits: money was given back by another way, and someone looks into it.';
      return `The refund could not be paid after ${count(event.data.attempts, 'attempt')}; someone looks into it.`;
    case 'RefundRetryRequested':
      return 'The refund is tried again.';
    case 'RefundRerouted':
      return `The refund now goes another way: ${DESTINATIONS[event.data.destination]}.`;
    case 'StoreCreditIssued':
      return `Store credit of ${money(event.data.amountMinor + event.data.bonusMinor)} was issued.`;
  }
}

const OUTCOMES: Readonly<Record<Extract<ReturnsEvent, { type: 'ReturnRequested' }>['data']['outcome'], string>> = {
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

function unexpectedWords({ data }: EventOf<'ItemUnexpected'>): string {
  const what = count(data.quantity, 'unit');
  return data.why === 'surplus'
    ? `${what} more than announced arrived and ${data.quantity === 1 ? 'was' : 'were'} set aside.`
    : `${what} not part of the return arrived and ${data.quantity === 1 ? 'was' : 'were'} set aside.`;
}

function disposedWords({ data }: EventOf<'ItemDisposed'>, wording: Wording): string {
  const where = data.location === null ? '' : ` at ${data.location}`;
  return `${items(data, wording)} put away: ${plain(data.disposition)}${where}.`;
}

function entitledWords({ data }: EventOf<'RefundEntitled'>, money: (minor: number) => string): string {
  const fees = data.breakdown.fees.map(({ code, amountMinor }) => `${FEES[code]} ${money(amountMinor)}`);
  const why = fees.length === 0 ? '' : ` after ${fees.join(' and ')}`;
  return `A refund of ${money(data.breakdown.totalMinor)}${why} is due, ${DESTINATIONS[data.destination]}.`;
}
