/**
 * The receiving queue: one row per return the warehouse still has something to do for, and what a scanner may read to
 * find it. Rows are computed from the folded order, so there is no second set of rules.
 */
import type { Change, Projection } from '../eventing/projection.js';
import { add, replace, type Write } from '../eventing/sql/write.js';
import { eventTypesOf } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import { NOTHING_YET, type ReturnsState, type ReturnState } from '../returns/rules/returns.state.js';
import { codeRowsOfReturn, CODES, QUEUE, queueRowOf, STAGE_COUNTS, type CodeRow, type QueueRow } from './receiving-queue.rows.js';

export const RECEIVING_QUEUE = 'receiving-queue';

const rowsOf = (state: ReturnsState, returns: readonly ReturnState[]): readonly QueueRow[] =>
  returns.flatMap((ret) => queueRowOf(state, ret) ?? []);
const codeRowsOf = (state: ReturnsState, returns: readonly ReturnState[]): readonly CodeRow[] =>
  returns.flatMap((ret) => codeRowsOfReturn(state, ret));

/** The returns of an order that its events touched, before and after. Folding copies only what changes. */
function touched({ before = NOTHING_YET, after }: Change<ReturnsState>): {
  readonly was: readonly ReturnState[];
  readonly is: readonly ReturnState[];
} {
  const isTouched = (index: number): boolean => before.order !== after.order || before.returns[index] !== after.returns[index];
  return { was: before.returns.filter((_, index) => isTouched(index)), is: after.returns.filter((_, index) => isTouched(index)) };
}

function apply(changes: readonly Change<ReturnsState>[]): readonly Write[] {
  const differences = changes.map((change) => {
    const { was, is } = touched(change);
    const { before = NOTHING_YET, after } = change;
    return {
      rows: { was: rowsOf(before, was), is: rowsOf(after, is) },
      codes: { was: codeRowsOf(before, was), is: codeRowsOf(after, is) },
    };
  });
  const [rows, codes] = [differences.map((each) => each.rows), differences.map((each) => each.codes)];
  const stages = rows.flatMap(({ was, is }) => [
    ...was.map(({ stage }) => ({ stage, returns: -1 })),
    ...is.map(({ stage }) => ({ stage, returns: 1 })),
  ]);
  return [...replace(QUEUE, rows), ...replace(CODES, codes), add(STAGE_COUNTS, stages)];
}

export const receivingQueueProjection: Projection<FoldedOrder> = {
  name: RECEIVING_QUEUE,
  version: 6,
  tables: [QUEUE, CODES, STAGE_COUNTS],
  // Money moves nothing in the warehouse.
  handles: eventTypesOf('order', 'authorisation', 'parcel', 'custody'),
  fold: returnsFold,
  apply,
};
