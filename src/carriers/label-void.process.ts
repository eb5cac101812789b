/** Has carriers take back the labels that became void, and records what they say. */
import { fromProcess } from '../eventing/process-context.js';
import type { Process } from '../eventing/process.js';
import { RecordLabelVoid } from '../returns/parcel.commands.js';
import type { ReturnsQueries } from '../returns/returns.queries.js';
import type { VoidOutcome } from '../returns/rules/returns.events.js';
import type { FoldedOrder } from '../returns/rules/returns.fold.js';
import type { Label } from '../returns/rules/returns.state.js';
import type { Clock } from '../shared/clock.js';
import type { OutsideCalls } from '../shared/outside-calls.js';
import { CarrierDeclined, type Carriers } from './carrier.port.js';
import { labelVoidsOwed, type LabelToVoid } from './label-voids-owed.js';
import { LABEL_ATTEMPTS } from './label.process.js';

type LabelVoidNeeds = {
  readonly queries: Pick<ReturnsQueries, 'ofReturn'>;
  readonly commands: { execute(command: RecordLabelVoid): Promise<unknown> };
  readonly carriers: Carriers;
  readonly outside: OutsideCalls;
  readonly clock: Clock;
};

export function labelVoidProcess(needs: LabelVoidNeeds): Process<FoldedOrder, LabelToVoid> {
  return {
    ...labelVoidsOwed,
    async perform({ payload: { returnId, labelId } }, attempt, signal) {
      const folded = await needs.queries.ofReturn(returnId);
      const label = folded?.state.returns.find((each) => each.returnId === returnId)?.labels.find((each) => each.labelId === labelId);
      if (label?.state !== 'voided' || label.voidOutcome !== null) return;
      const said = { labelId, ...(await takenBack(needs, label, attempt, signal)) };
      const from = fromProcess(labelVoidsOwed.name, `${labelId} ${said.outcome}`, needs.clock().toISOString(), { causationId: labelId });
      await needs.commands.execute(new RecordLabelVoid(returnId, said, from));
    },
  };
}

type Said = { readonly outcome: VoidOutcome; readonly code: string | null };

/** @throws what the carrier failed with, while it is worth another attempt */
async function takenBack({ carriers, outside }: LabelVoidNeeds, label: Label, attempt: number, signal: AbortSignal): Promise<Said> {
  const carrier = carriers.find(label.carrier);
  const { labelId, trackingNumber, documentRef } = label;
  if (carrier === undefined) return { outcome: 'parked', code: 'carrier_not_set_up' };
  if (carrier.voidLabel === undefined || trackingNumber === null || documentRef === null) return { outcome: 'not_applicable', code: null };
  const ask = (inTime: AbortSignal) =>
    carrier.voidLabel?.({ labelId, trackingNumber, documentRef }, inTime) ?? Promise.resolve('not_applicable' as const);
  try {
    const outcome = await outside.at(carrier.id, signal, () =>
      outside.inTime(carrier.id, signal, ask, (error) => error instanceof CarrierDeclined),
    );
    return { outcome, code: null };
  } catch (error) {
    if (signal.aborted) throw error;
    if (attempt < LABEL_ATTEMPTS) throw error;
    return error instanceof CarrierDeclined
      ? { outcome: 'rejected', code: error.code }
      : { outcome: 'parked', code: 'carrier_unavailable' };
  }
}
