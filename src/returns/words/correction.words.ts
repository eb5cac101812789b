/** What taking back a wrong scan came to, in words for the clerk. Pure. */
import type { EventOf, ReturnsEvent } from '../rules/returns.events.js';
import type { ReturnsState, ReturnState } from '../rules/returns.state.js';
import { findReturn, refundStateOf } from '../rules/returns.status.js';
import { inWords } from './amounts.js';

/** `refundedAheadMinor` null: it had been recorded before, and nothing happened now. */
export type Correction = {
  readonly correctionId: string;
  readonly quantity: number;
  readonly refundedAheadMinor: number | null;
  readonly words: string;
};
type CorrectionRequest = { readonly correctionId: string; readonly quantity: number };
type Done = { readonly state: ReturnsState; readonly events: readonly ReturnsEvent[] };

/** @param done the command's events and the state right after them: of each return whose pieces were taken back, one */
export function correctionOf({ state, events }: Done, request: CorrectionRequest): Correction {
  const corrected = events.filter((each): each is EventOf<'ReceiptCorrected'> => each.type === 'ReceiptCorrected');
  if (corrected.length === 0) return { ...request, refundedAheadMinor: null, words: 'This had been undone already.' };
  const parts = corrected.flatMap((event) => {
    const ret = findReturn(state, event.data.returnId);
    return ret === undefined ? [] : [{ ret, event }];
  });
  const refundedAheadMinor = parts.reduce((sum, { ret, event }) => sum + entitledFor(ret, event), 0);
  return { ...request, refundedAheadMinor, words: wordsOf(state, parts, refundedAheadMinor) };
}

type Part = { readonly ret: ReturnState; readonly event: EventOf<'ReceiptCorrected'> };

function entitledFor(ret: ReturnState, { data }: EventOf<'ReceiptCorrected'>): number {
  const units = ret.lines.find((line) => line.lineId === data.lineId)?.units.filter((each) => data.units.includes(each.unit)) ?? [];
  return units.reduce((sum, unit) => sum + unit.entitledMinor, 0);
}

function wordsOf(state: ReturnsState, parts: readonly Part[], aheadMinor: number): string {
  const units = parts.reduce((sum, { event }) => sum + event.data.units.length, 0);
  if (units === 0) return 'Undone. It had only been set aside.';
  const awaited = units === 1 ? 'It is awaited again.' : `${units} pieces are awaited again.`;
  if (aheadMinor === 0) return `Undone. ${awaited}`;
  const amount = inWords(aheadMinor, state.order?.currency ?? '');
  const given = parts.every(({ ret, event }) => isPaid(ret, event)) ? 'had already been refunded' : 'is already on its way to the customer';
  return `Undone. ${awaited} ${amount} ${given} for ${units === 1 ? 'it' : 'them'}; it counts as refunded in advance.`;
}

/** Is every refund that gave something for these units with the customer? */
function isPaid(ret: ReturnState, { data }: EventOf<'ReceiptCorrected'>): boolean {
  return ret.refunds
    .filter((refund) => refund.breakdown.units.some((each) => each.lineId === data.lineId && data.units.includes(each.unit)))
    .every((refund) => refundStateOf(refund) === 'succeeded');
}
