/** Which labels a carrier is still to be asked to take back: void, and paid for. Pure. */
import type { ToDo, ToDos } from '../eventing/process.js';
import { eventTypesOf } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import type { ReturnsState } from '../returns/rules/returns.state.js';

export type LabelToVoid = { readonly returnId: string; readonly labelId: string };

/** What cost nothing, as labels that are drawn here do, nobody gives back. */
function pending({ returns }: ReturnsState): readonly ToDo<LabelToVoid>[] {
  return returns.flatMap(({ returnId, labels }) =>
    labels.flatMap(({ labelId, state, costMinor, voidedAt, voidOutcome }) => {
      if (state !== 'voided' || voidedAt === null || voidOutcome !== null || costMinor === null || costMinor === 0) return [];
      return [{ key: `${labelId} void`, lane: labelId, dueAt: voidedAt, payload: { returnId, labelId } }];
    }),
  );
}

export const labelVoidsOwed: ToDos<FoldedOrder, LabelToVoid> = {
  name: 'label-void',
  version: 1,
  handles: eventTypesOf('parcel'),
  fold: returnsFold,
  pending,
};
