/** What one scan did, in words for the clerk who stands before the goods. Pure. */
import type { ReturnsState, ReturnState, Scan } from '../rules/returns.state.js';
import { otherReturnWords } from './expected.words.js';

export const SCAN_OUTCOMES = ['accepted', 'other_return', 'surplus', 'not_in_return'] as const;
export type ScanOutcome = (typeof SCAN_OUTCOMES)[number];
export type ReceiptItem = {
  readonly lineId: string | null;
  readonly barcode: string | null;
  readonly quantity: number;
  readonly outcome: ScanOutcome;
  /** The return it was received for; null where it was set aside. */
  readonly returnId: string | null;
  readonly words: string;
};
export type Receipt = { readonly scanId: string; readonly items: readonly ReceiptItem[] };

const WORDS = {
  surplus: 'More than was announced: set it aside, it is recorded and not refunded.',
  not_in_return: 'Not part of this return: set it aside, it is recorded and not refunded.',
} as const;

/** The scan as it stands in `state`; empty when it recorded nothing. */
export function receiptOf(state: ReturnsState, returnId: string, scanId: string): Receipt {
  const ret = state.returns.find((each) => each.returnId === returnId);
  const scan = ret?.scans.find((each) => each.scanId === scanId);
  return { scanId, items: ret === undefined || scan === undefined ? [] : itemsOf(state, ret, scan) };
}

function itemsOf(state: ReturnsState, ret: ReturnState, scan: Scan): readonly ReceiptItem[] {
  const accepted = scan.received.map(({ lineId, units }): ReceiptItem => {
    const barcode = state.order?.lines.find((line) => line.lineId === lineId)?.barcode ?? null;
    return { lineId, barcode, quantity: units.length, outcome: 'accepted', returnId: ret.returnId, words: acceptedWords(ret, lineId) };
  });
  const elsewhere = scan.elsewhere.map((item): ReceiptItem => ({
    ...item,
    outcome: 'other_return',
    words: otherReturnWords(item.returnId),
  }));
  const aside = scan.unexpected.map(({ why, ...item }): ReceiptItem => ({ ...item, outcome: why, returnId: null, words: WORDS[why] }));
  return [...accepted, ...elsewhere, ...aside];
}

function acceptedWords(ret: ReturnState, lineId: string): string {
  const awaiting = ret.lines.find((line) => line.lineId === lineId)?.units.filter((unit) => unit.place === 'awaiting').length ?? 0;
  const inspect = ret.terms.inspectionRequired ? ' Inspect it next.' : '';
  const next = ret.authorisation === 'approved' ? inspect : `${inspect} The case is in review: the refund waits for a decision.`;
  return awaiting === 0 ? `Received, this line is complete.${next}` : `Received, ${awaiting} more of this line to come.${next}`;
}
