/** Decisions of the warehouse: receiving, correcting, mismatches, missing items, grading, putting away. */
import type { Grade } from '../../policy/policy.events.js';
import type { Disposition } from '../returns.events.js';

type On<Type extends string, Fields> = {
  readonly rail: 'custody';
  readonly type: Type;
  readonly at: string;
  readonly returnId: string;
  readonly station: string;
  readonly clerk: string;
} & Fields;
/** Named by line or by barcode (the line's barcode or SKU); one of them is given. */
export type ScannedItem = { readonly lineId: string | null; readonly barcode: string | null; readonly quantity: number };
export type ReceiveItems = On<'ReceiveItems', { readonly scanId: string; readonly trackingNumber: string | null; readonly items: readonly ScannedItem[] }>;
export type CorrectReceipt = On<
  'CorrectReceipt',
  { readonly scanId: string; readonly correctionId: string; readonly lineId: string | null; readonly quantity: number; readonly why: string }
>;
export type RecordMismatch = On<
  'RecordMismatch',
  { readonly scanId: string; readonly expectedLineId: string; readonly foundBarcode: string | null; readonly quantity: number; readonly noteRef: string | null; readonly photoRefs: readonly string[] }
>;
export type MarkMissing = On<'MarkMissing', { readonly items: readonly { readonly lineId: string; readonly quantity: number }[]; readonly why: string }>;
export type InspectItems = On<
  'InspectItems',
  { readonly items: readonly { readonly lineId: string; readonly quantity: number; readonly grade: Grade; readonly defects: readonly string[]; readonly photoRefs: readonly string[] }[] }
>;
export type DisposeItems = On<
  'DisposeItems',
  { readonly items: readonly { readonly lineId: string; readonly quantity: number; readonly disposition: Disposition; readonly location: string | null }[] }
>;
export type AnswerRestock = On<'AnswerRestock', { readonly restockId: string; readonly answer: 'confirmed' | 'blocked'; readonly reason: string }>;
export type CustodyCommand = ReceiveItems | CorrectReceipt | RecordMismatch | MarkMissing | InspectItems | DisposeItems | AnswerRestock;
