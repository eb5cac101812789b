/** People, goods and moments that the sentences about returns are about. Every field can be told otherwise. */
import { DEFAULT_POLICY } from '../../src/policy/rules/policy.defaults.js';
import type { PolicyDocument } from '../../src/policy/rules/policy.events.js';
import type { AuthorisationCommand, CancelReturn, FiledLine, FileReturn } from '../../src/returns/rules/decide/authorisation.js';
import type { OrderLineFacts, RegisterOrder } from '../../src/returns/rules/decide/order.js';
import type { RecordLabelOutcome, RecordTracking, TrackingStatus } from '../../src/returns/rules/decide/parcel.js';
import type { ReceiveItems, ScannedItem } from '../../src/returns/rules/decide/receiving.js';
import type { RecordPayoutOutcome, SubmitPayout } from '../../src/returns/rules/decide/refund.js';
import type { ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import type { Payment, Terms } from '../../src/returns/rules/returns.events.js';

/** Day `n` of March 2026 at nine. */
export const day = (n: number): string => `2026-03-${String(n).padStart(2, '0')}T09:00:00.000Z`;

export const line = (lineId: string, told: Partial<OrderLineFacts> = {}): OrderLineFacts => ({
  lineId,
  kind: 'goods',
  sku: `SKU-${lineId}`,
  barcode: `40${lineId}`,
  title: `Item ${lineId}`,
  category: 'shirts',
  quantity: 1,
  fulfilledQuantity: told.quantity ?? 1,
  deliveredAt: day(1),
  finalSale: false,
  weightGrams: null,
  paid: { netMinor: 1000, taxMinor: 190 },
  ...told,
});
export const card = (capturedMinor: number, paymentId = 'card', told: Partial<Payment> = {}): Payment => ({
  paymentId,
  provider: 'simulated',
  reference: `sim_ok_${paymentId}`,
  method: 'card',
  capturedMinor,
  ...told,
});

/** Two shirts for 11.90 each on one line, a cap for 5.00 on another, 4.90 shipping: 33.70 paid by card. */
export const order = (told: Partial<RegisterOrder> = {}): RegisterOrder => ({
  type: 'RegisterOrder',
  at: day(1),
  number: '1001',
  placedAt: day(1),
  currency: 'EUR',
  contactRef: 'contact-1',
  lines: [line('shirt', { quantity: 2, paid: { netMinor: 2000, taxMinor: 380 } }), line('cap', { paid: { netMinor: 420, taxMinor: 80 } })],
  shipping: { netMinor: 412, taxMinor: 78 },
  payments: [card(3370)],
  promotions: [],
  ...told,
});

export const policy = (told: Partial<PolicyDocument> = {}): FileReturn['policy'] => ({
  policyId: 'default',
  version: 1,
  document: { ...DEFAULT_POLICY, ...told },
});

export const termsUnder = (told: Partial<PolicyDocument> = {}, returnShippingFeeMinor = 0): Terms => {
  const {
    refundTrigger,
    inspectionRequired,
    gradeFactorsBp,
    restockingFeeBp,
    outboundShipping,
    wrappingRefund,
    tenderOrder,
    brokenPromotion,
    captureToleranceMinor,
    storeCreditBonusBp,
    expireAfterDays,
  } = { ...DEFAULT_POLICY, ...told };
  return {
    policyId: 'default',
    version: 1,
    refundTrigger,
    inspectionRequired,
    gradeFactorsBp,
    restockingFeeBp,
    returnShippingFeeMinor,
    outboundShipping,
    wrappingRefund,
    finalSaleLines: [],
    tenderOrder,
    brokenPromotion,
    captureToleranceMinor,
    storeCreditBonusBp,
    expireAfterDays,
  };
};

export const wish = (lineId: string, quantity = 1, told: Partial<FiledLine> = {}): FiledLine => ({
  lineId,
  quantity,
  reason: 'too_small',
  condition: 'unopened',
  noteRef: null,
  photoRefs: [],
  ...told,
});
export const file = (lines: readonly FiledLine[], told: Partial<FileReturn> = {}): FileReturn => ({
  type: 'FileReturn',
  at: day(2),
  orderId: 'O-1',
  lines,
  outcome: 'original_payment',
  method: 'label',
  policy: policy(),
  carrier: 'builtin',
  ...told,
});
export const R1 = 'O-1-R1';
export const R2 = 'O-1-R2';

type Authorise = Exclude<AuthorisationCommand, FileReturn>;
export const approve = (returnId = R1, at = day(3)): Authorise => ({ type: 'ApproveReturn', at, returnId });
export const decline = (returnId = R1, at = day(3)): Authorise => ({
  type: 'DeclineReturn',
  at,
  returnId,
  code: 'worn',
  noteRef: null,
  reasonRef: null,
});
export const cancel = (returnId = R1, by: CancelReturn['by'] = 'customer', at = day(3)): Authorise => ({
  type: 'CancelReturn',
  at,
  returnId,
  by,
  reason: { code: 'changed_plans' },
});
export const close = (returnId = R1, at = day(20)): Authorise => ({
  type: 'CloseReturn',
  at,
  returnId,
  reason: { code: 'nothing_more_comes' },
});
export const reopen = (returnId = R1, at = day(21)): Authorise => ({
  type: 'ReopenReturn',
  at,
  returnId,
  reason: { code: 'customer_called' },
});
export const expire = (returnId = R1, at = '2026-03-30T09:00:00.000Z'): Authorise => ({
  type: 'ExpireReturn',
  at,
  returnId,
});
export const review = (returnId = R1, at = day(3)): Authorise => ({
  type: 'SendReturnToReview',
  at,
  returnId,
  reasons: [{ code: 'photo', reason: { textRef: 'text-of-another-item' } }],
});

export const issueLabel = (labelId = `${R1}-L1`, trackingNumber = 'TN-1', told: Partial<RecordLabelOutcome> = {}): RecordLabelOutcome => ({
  type: 'RecordLabelOutcome',
  at: day(2),
  returnId: R1,
  labelId,
  outcome: { kind: 'issued', trackingNumber, code: null, costMinor: 390, documentRef: `doc-${labelId}` },
  ...told,
});
export const tracking = (status: TrackingStatus, at = day(4), told: Partial<RecordTracking> = {}): RecordTracking => ({
  type: 'RecordTracking',
  at,
  isTimed: true,
  returnId: R1,
  status,
  trackingNumber: 'TN-1',
  place: null,
  code: null,
  expectedAt: null,
  fault: null,
  ...told,
});

export const warehouse = { station: 'dock-2', clerk: 'key-7' };
export const scanned = (lineId: string, quantity = 1): ScannedItem => ({ lineId, barcode: null, quantity });
export const receive = (scanId: string, items: readonly ScannedItem[], told: Partial<ReceiveItems> = {}): ReceiveItems => ({
  type: 'ReceiveItems',
  at: day(6),
  returnId: R1,
  ...warehouse,
  scanId,
  trackingNumber: 'TN-1',
  items,
  ...told,
});
type Custody<Type extends string> = Extract<ReturnsCommand, { type: Type }>;
export const inspect = (
  items: readonly Partial<Custody<'InspectItems'>['items'][number]>[],
  at = day(7),
  returnId = R1,
): Custody<'InspectItems'> => ({
  type: 'InspectItems',
  at,
  returnId,
  ...warehouse,
  items: items.map((item) => ({ lineId: 'shirt', quantity: 1, grade: 'A', defects: [], photoRefs: [], ...item })),
});
export const dispose = (items: readonly Partial<Custody<'DisposeItems'>['items'][number]>[], at = day(8)): Custody<'DisposeItems'> => ({
  type: 'DisposeItems',
  at,
  returnId: R1,
  ...warehouse,
  items: items.map((item) => ({ lineId: 'shirt', quantity: 1, disposition: 'restock', location: 'A-01', ...item })),
});
export const S1 = `${R1}-S1`;
/** The stock system's answer to a restock. */
export const stockAnswers = (answer: 'confirmed' | 'blocked', restockId = S1, reason = 'recalled'): Custody<'AnswerRestock'> => ({
  type: 'AnswerRestock',
  at: day(9),
  returnId: R1,
  ...warehouse,
  restockId,
  answer,
  reason,
});
export const withdraw = (
  told: Partial<Pick<Custody<'WithdrawRestock'>, 'restockId' | 'disposition' | 'location'>> = {},
): Custody<'WithdrawRestock'> => ({
  type: 'WithdrawRestock',
  at: day(10),
  returnId: R1,
  ...warehouse,
  restockId: S1,
  disposition: 'recycle',
  location: null,
  ...told,
});
export const correct = (
  scanId: string,
  correctionId: string,
  quantity: number,
  lineId: string | null = null,
): Custody<'CorrectReceipt'> => ({
  type: 'CorrectReceipt',
  at: day(6),
  returnId: R1,
  ...warehouse,
  scanId,
  correctionId,
  lineId,
  quantity,
  why: 'scanned twice',
});
export const missing = (lineId: string, quantity = 1): Custody<'MarkMissing'> => ({
  type: 'MarkMissing',
  at: day(9),
  returnId: R1,
  ...warehouse,
  items: [{ lineId, quantity }],
  why: 'box was short',
});

export const F1 = `${R1}-F1`;
type Told = { readonly returnId?: string; readonly refundId?: string; readonly paymentId?: string; readonly at?: string };
export const submit = (told: Told = {}): SubmitPayout => ({
  type: 'SubmitPayout',
  at: day(7),
  returnId: R1,
  refundId: F1,
  paymentId: 'card',
  ...told,
});
export const outcome = (kind: RecordPayoutOutcome['outcome'], key = `${F1}.card.0`, told: Told = {}): RecordPayoutOutcome => ({
  type: 'RecordPayoutOutcome',
  at: day(8),
  returnId: R1,
  refundId: F1,
  paymentId: 'card',
  key,
  outcome: kind,
  ...told,
});
export const succeeded = { kind: 'succeeded', providerRefundId: 'pr-1' } as const;
export const declined = { kind: 'declined', code: 'card_closed' } as const;
export const inDoubt = { kind: 'in_doubt', reason: { code: 'timeout' } } as const;
type Refunding<Type extends string> = Extract<ReturnsCommand, { type: Type }>;
export const retry = (paymentId: string | null = null, refundId = F1): Refunding<'RetryRefund'> => ({
  type: 'RetryRefund',
  at: day(9),
  returnId: R1,
  refundId,
  paymentId,
  reason: { code: 'provider_is_back' },
});
export const settle = (paymentId: string | null = null, refundId = F1): Refunding<'SettleRefund'> => ({
  type: 'SettleRefund',
  at: day(9),
  returnId: R1,
  refundId,
  paymentId,
  providerRefundId: 'by-hand-1',
});
export const fail = (paymentId: string | null = null): Refunding<'FailRefund'> => ({
  type: 'FailRefund',
  at: day(9),
  returnId: R1,
  refundId: F1,
  paymentId,
  code: 'by_hand',
  underWay: [],
});
export const reroute = (
  destination: Refunding<'RerouteRefund'>['destination'],
  toPaymentId: string | null = null,
  paymentId: string | null = null,
): Refunding<'RerouteRefund'> => ({
  type: 'RerouteRefund',
  at: day(9),
  returnId: R1,
  refundId: F1,
  paymentId,
  destination,
  toPaymentId,
  reason: { code: 'card_closed' },
});
export const approveCapped = (amountMinor: number, returnId = R1, at = day(9)): Refunding<'ApproveCapped'> => ({
  type: 'ApproveCapped',
  at,
  returnId,
  amountMinor,
  reason: { code: 'no_more_will_come' },
});
export const refundManually = (amountMinor: number | null, returnId = R1): Refunding<'RefundManually'> => ({
  type: 'RefundManually',
  at: day(9),
  returnId,
  amountMinor,
  reason: { code: 'goodwill' },
});
