/**
 * Events as the decider writes them, for tests that start from what has happened. Each builder gives the usual case, and every
 * field of it can be told otherwise: `itemReceived({ lineId: 'cap' })`. People, goods and moments are those of the scenes
 * (test/rules/returns.scenes.ts); `test/rules/given-events.spec.ts` holds the builders to what the decider writes.
 */
import type { RegisterOrder } from '../../src/returns/rules/decide/order.js';
import type { NetTax, OrderLine, RequestedLine, ReturnsEvent, UnitRefund } from '../../src/returns/rules/returns.events.js';
import { day, F1, order, R1, S1, termsUnder, warehouse } from '../rules/returns.scenes.js';

const NOTHING: NetTax = { netMinor: 0, taxMinor: 0 };

type Data<Type extends ReturnsEvent['type']> = Extract<ReturnsEvent, { readonly type: Type }>['data'];

/** A builder of events of this type: `usual`, but for what is told. */
const event =
  <Type extends ReturnsEvent['type']>(type: Type, usual: Data<Type>) =>
  (told: Partial<Data<Type>> = {}) => ({ type, data: { ...usual, ...told } });

/** A sum over units, the larger parts first. */
const parts = (sum: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => Math.floor(sum / count) + (index < sum % count ? 1 : 0));
/** A line as the order keeps it: what was paid, by unit. */
export const soldLine = ({ quantity, paid, ...facts }: RegisterOrder['lines'][number], told: Partial<OrderLine> = {}): OrderLine => {
  const [net, tax] = [parts(paid.netMinor, quantity), parts(paid.taxMinor, quantity)];
  return { ...facts, units: net.map((netMinor, unit) => ({ netMinor, taxMinor: tax[unit]! })), cancelled: [], ...told };
};
const factsOf = ({ type: _type, lines, ...facts }: RegisterOrder) => ({ ...facts, lines: lines.map((each) => soldLine(each)) });

/** The order of the scenes, or the one told. */
export const orderRegistered = (told: RegisterOrder = order()) => ({ type: 'OrderRegistered' as const, data: factsOf(told) });
/** Told anew; a line whose units are not spread evenly is told as it is kept. */
export const orderAmended = (told: RegisterOrder, kept?: readonly OrderLine[]) => {
  const facts = factsOf(told);
  return { type: 'OrderAmended' as const, data: { ...facts, lines: kept ?? facts.lines } };
};
export const fulfilmentRecorded = event('FulfilmentRecorded', {
  at: day(2),
  lines: [{ lineId: 'shirt', fulfilledQuantity: 2, deliveredAt: day(1) }],
});
export const paymentDisputed = event('PaymentDisputed', { at: day(5), disputeId: 'dp-1', paymentId: 'card', amountMinor: 1000 });
export const disputeClosed = event('DisputeClosed', { at: day(12), disputeId: 'dp-1', outcome: 'won' });
export const refundedElsewhere = event('RefundedElsewhere', { at: day(5), paymentId: 'card', amountMinor: 1000, reference: 're_77' });

/** Units of a line that a customer asks to send back. */
export const requested = (lineId: string, units: readonly number[] = [0], told: Partial<RequestedLine> = {}): RequestedLine => ({
  lineId,
  units,
  reason: 'too_small',
  fault: 'customer',
  condition: 'unopened',
  noteRef: null,
  photoRefs: [],
  ...told,
});
export const BOTH_SHIRTS = [requested('shirt', [0, 1])];
/** All that the order of the scenes has. */
export const EVERYTHING = [...BOTH_SHIRTS, requested('cap')];
const PRICES: Readonly<Record<string, NetTax>> = { shirt: { netMinor: 1000, taxMinor: 190 }, cap: { netMinor: 420, taxMinor: 80 } };
const grossOf = ({ netMinor, taxMinor }: NetTax): number => netMinor + taxMinor;
const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0);
/** Two shirts of the order, if nothing else is told; the quote is that of the goods of the scenes. */
export const returnRequested = ({ lines = BOTH_SHIRTS, ...told }: Partial<Data<'ReturnRequested'>> = {}) => {
  const goods = sum(lines.map(({ lineId, units }) => units.length * grossOf(PRICES[lineId] ?? NOTHING)));
  return event('ReturnRequested', {
    at: day(2),
    returnId: R1,
    lines,
    outcome: 'original_payment',
    method: 'label',
    carrier: 'builtin',
    terms: termsUnder(),
    quotedMinor: goods === 2880 ? 3370 : goods,
  })(told);
};
export const returnApproved = event('ReturnApproved', { at: day(2), returnId: R1, by: 'policy', ruleIds: ['approval.auto'] });
export const approvedByStaff = event('ReturnApproved', { at: day(3), returnId: R1, by: 'staff', ruleIds: [] });
/** Why returns are looked at. */
export const REVIEW = {
  photo: { code: 'photo', reason: { textRef: 'text-of-another-item' } },
  grade_x: { code: 'grade_x', reason: null },
  late_parcel: { code: 'late_parcel', reason: null },
  review_all: { code: 'review_all', reason: null },
};
export const returnSentToReview = event('ReturnSentToReview', { at: day(3), returnId: R1, reasons: [REVIEW.photo] });
export const returnDeclined = event('ReturnDeclined', {
  at: day(3),
  returnId: R1,
  by: 'staff',
  code: 'worn',
  noteRef: null,
  reasonRef: null,
});
export const returnCancelled = event('ReturnCancelled', { at: day(3), returnId: R1, by: 'customer', reason: { code: 'changed_plans' } });
export const returnExpired = event('ReturnExpired', { at: '2026-03-30T09:00:00.000Z', returnId: R1, afterDays: 28 });
export const returnClosed = event('ReturnClosed', { at: day(20), returnId: R1, reason: { code: 'nothing_more_comes' } });
export const returnReopened = event('ReturnReopened', { at: day(21), returnId: R1, reason: { code: 'customer_called' }, retaken: [] });

const L1 = { at: day(2), returnId: R1, labelId: `${R1}-L1` };
export const labelRequested = event('LabelRequested', { ...L1, carrier: 'builtin', kind: 'label' });
export const labelIssued = event('LabelIssued', {
  ...L1,
  carrier: 'builtin',
  trackingNumber: 'TN-1',
  costMinor: 390,
  documentRef: `doc-${R1}-L1`,
});
export const dropOffCodeIssued = event('DropOffCodeIssued', { ...labelIssued().data, code: 'Q7' });
export const labelFailed = event('LabelFailed', { ...L1, code: 'carrier_down', retryable: true });
export const labelParked = event('LabelParked', { ...L1, code: 'carrier_down', attempts: 8 });
export const labelVoided = event('LabelVoided', { ...L1, at: day(3), why: 'cancelled' });
export const labelVoidConfirmed = event('LabelVoidConfirmed', { ...L1, at: day(3), outcome: 'submitted', code: null });
/** A return that the policy approves at once, with the label asked for where the shop buys one. */
export const approvedReturn = (told: Partial<Data<'ReturnRequested'>> = {}) => {
  const request = returnRequested(told);
  const { at, returnId, method, carrier } = request.data;
  const kind = method === 'drop_off' ? ('drop_off_code' as const) : ('label' as const);
  const label = labelRequested({ at, returnId, labelId: `${returnId}-L1`, carrier, kind });
  const isBought = method === 'label' || method === 'drop_off' || method === 'pickup';
  return [request, returnApproved({ at, returnId }), ...(isBought ? [label] : [])];
};
const P1 = { returnId: R1, pickupId: `${R1}-P1` };
export const pickupScheduled = event('PickupScheduled', { ...P1, at: day(3), from: day(4), until: day(5) });
export const pickupMissed = event('PickupMissed', { ...P1, at: day(5), fault: 'carrier' });
export const pickupCompleted = event('PickupCompleted', { ...P1, at: day(5) });

const parcel = { at: day(4), returnId: R1, trackingNumber: 'TN-1', place: null };
export const parcelScanned = event('ParcelScanned', parcel);
export const parcelDelayed = event('ParcelDelayed', { ...parcel, expectedAt: null });
export const parcelExceptionRaised = event('ParcelExceptionRaised', { ...parcel, code: 'unknown' });
export const parcelLost = event('ParcelLost', parcel);
export const parcelDelivered = event('ParcelDelivered', parcel);

const atStation = { at: day(6), returnId: R1, ...warehouse };
export const parcelOpened = event('ParcelOpened', { ...atStation, trackingNumber: 'TN-1' });
export const itemReceived = event('ItemReceived', { ...atStation, scanId: 's1', lineId: 'shirt', units: [0], barcode: null });
export const itemUnexpected = event('ItemUnexpected', {
  ...atStation,
  scanId: 's1',
  lineId: 'shirt',
  barcode: null,
  quantity: 1,
  why: 'surplus',
});
export const itemReceivedElsewhere = event('ItemReceivedElsewhere', {
  ...atStation,
  scanId: 's1',
  lineId: 'cap',
  barcode: null,
  quantity: 1,
  onReturnId: 'O-1-R2',
});
export const itemMismatched = event('ItemMismatched', {
  ...atStation,
  scanId: 'm1',
  expectedLineId: 'shirt',
  foundBarcode: '4711',
  quantity: 1,
  noteRef: null,
  photoRefs: [],
});
export const itemMarkedMissing = event('ItemMarkedMissing', {
  ...atStation,
  at: day(9),
  lineId: 'cap',
  units: [0],
  why: 'box was short',
});
export const receiptCorrected = event('ReceiptCorrected', {
  ...atStation,
  scanId: 's1',
  correctionId: 'c1',
  lineId: 'shirt',
  units: [0],
  delta: -1,
  why: 'scanned twice',
});
export const itemGraded = event('ItemGraded', {
  ...atStation,
  at: day(7),
  lineId: 'shirt',
  units: [0],
  grade: 'A',
  factorBp: 10_000,
  defects: [],
  photoRefs: [],
});
export const itemDisposed = event('ItemDisposed', {
  ...atStation,
  at: day(8),
  lineId: 'shirt',
  units: [0],
  disposition: 'restock',
  location: 'A-01',
});
export const restockRequested = event('RestockRequested', {
  at: day(8),
  returnId: R1,
  restockId: S1,
  lineId: 'shirt',
  sku: 'SKU-shirt',
  title: 'Item shirt',
  quantity: 1,
  location: 'A-01',
});
export const restockConfirmed = event('RestockConfirmed', { at: day(9), returnId: R1, restockId: S1 });
export const restockBlocked = event('RestockBlocked', { at: day(9), returnId: R1, restockId: S1, reason: 'recalled' });
export const restockWithdrawn = event('RestockWithdrawn', {
  ...atStation,
  at: day(10),
  restockId: S1,
  lineId: 'shirt',
  units: [0],
});

/** What a unit gives back: all that was paid for it, if nothing else is told. */
export const unitRefund = (lineId = 'shirt', unit = 0, told: Partial<UnitRefund> = {}): UnitRefund => {
  const paid = { ...(PRICES[lineId] ?? NOTHING), ...told };
  return { lineId, unit, factorBp: 10_000, refundMinor: grossOf(paid), ...paid };
};
/** What marks a refund that finance gives by hand. */
export const BY_HAND = { at: day(9), trigger: 'manual', reason: { code: 'goodwill' } } as const;
const isGradedDown = ({ factorBp }: UnitRefund): boolean => factorBp !== 10_000;
type Entitled = Data<'RefundEntitled'>;
type Breakdown = Entitled['breakdown'];
/**
 * The refund of these units, through the card. Sums and names of the rules follow from what is told; of the breakdown every
 * part can be told, too.
 */
export const refundEntitled = (
  units: readonly UnitRefund[] = [unitRefund()],
  { breakdown: parts = {}, ...told }: Partial<Omit<Entitled, 'breakdown'>> & { readonly breakdown?: Partial<Breakdown> } = {},
) => {
  const { shippingMinor = 0, fees = [], bonusMinor = 0 } = parts;
  const payable = sum(units.map((unit) => unit.refundMinor)) + shippingMinor - sum(fees.map((fee) => fee.amountMinor));
  const { trigger = 'received', destination = 'original_payment' } = told;
  const way = destination === 'store_credit' ? 'destination.store_credit' : 'tenderOrder.reverseCapture';
  const breakdown: Breakdown = {
    units,
    shippingMinor,
    fees,
    bonusMinor,
    totalMinor: payable + bonusMinor,
    payments: payable === 0 ? [] : [{ paymentId: destination === 'store_credit' ? destination : 'card', amountMinor: payable }],
    ruleIds: [
      ...(trigger === 'manual' ? ['manual'] : [`refundTrigger.${trigger}`, 'units.paid']),
      ...(trigger === 'manual' ? [] : new Set(units.filter(isGradedDown).map(({ factorBp }) => `gradeFactorsBp.${factorBp}`))),
      ...(shippingMinor > 0 ? ['outboundShipping.fullReturn'] : []),
      ...fees.map((fee) => `fees.${fee.code}`),
      ...(bonusMinor > 0 ? ['storeCreditBonusBp'] : []),
      ...(payable > 0 ? [way] : []),
    ],
    ...parts,
  };
  const usual = { at: day(6), returnId: R1, refundId: F1, trigger, destination, reason: null };
  return { type: 'RefundEntitled' as const, data: { ...usual, ...told, breakdown } };
};
export const refundBlocked = event('RefundBlocked', {
  at: day(6),
  returnId: R1,
  amountMinor: 2240,
  bonusMinor: 0,
  code: 'part_captured',
});
const payout = { at: day(8), returnId: R1, refundId: F1, paymentId: 'card' };
export const refundSubmitted = event('RefundSubmitted', {
  ...payout,
  at: day(7),
  provider: 'simulated',
  key: `${F1}.card.0`,
  amountMinor: 1190,
});
export const refundPending = event('RefundPending', { ...payout, providerRefundId: 'pr-1' });
export const refundSucceeded = event('RefundSucceeded', { ...payout, providerRefundId: 'pr-1', by: 'provider' });
export const refundFailed = event('RefundFailed', { ...payout, code: 'card_closed', by: 'provider' });
export const refundPutInDoubt = event('RefundPutInDoubt', { ...payout, reason: { code: 'timeout' } });
export const refundParked = event('RefundParked', { ...payout, reason: { code: 'provider_down' }, attempts: 8 });
export const refundRetryRequested = event('RefundRetryRequested', { ...payout, at: day(9), reason: { code: 'provider_is_back' } });
export const refundRerouted = event('RefundRerouted', {
  ...payout,
  at: day(9),
  destination: 'bank_transfer',
  toPaymentId: 'bank_transfer',
  reason: { code: 'card_closed' },
});
export const storeCreditIssued = event('StoreCreditIssued', {
  ...payout,
  paymentId: 'store_credit',
  creditRef: 'credit-1',
  amountMinor: 3370,
  bonusMinor: 337,
});
