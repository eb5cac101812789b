/**
 * Hands what was found in an unannounced parcel over to the return it was matched with: one receipt per scan, with the
 * scan's own time, station and clerk. The receipt's scan id comes from the parcel, so it counts once however often it is
 * sent; what the return said is recorded on the parcel and settles the to-do.
 */
import { DomainError } from '../eventing/decider.js';
import { deriveCommandId, type CommandSource } from '../eventing/execute-command.js';
import { fromProcess } from '../eventing/process-context.js';
import type { Process } from '../eventing/process.js';
import { ReceiveItems } from '../returns/receiving.commands.js';
import type { Clock } from '../shared/clock.js';
import { UNREADABLE } from '../shared/scanned-code.js';
import { RecordHandover } from './found-parcel.commands.js';
import { handoversOwed, type Handover } from './handovers-owed.js';
import { receiptScanId } from './rules/found-parcel.events.js';
import type { FoldedParcel } from './rules/found-parcel.state.js';

/** How the process gives its two kinds of commands. */
export type Dispatch = (command: ReceiveItems | RecordHandover) => Promise<unknown>;

export function foundParcelProcess(dispatch: Dispatch, clock: Clock): Process<FoldedParcel, Handover> {
  /** Both steps of one handover are told by one correlation. */
  const from = (key: string, step: string): CommandSource =>
    fromProcess(handoversOwed.name, `${key} ${step}`, clock().toISOString(), { correlationId: deriveCommandId(handoversOwed.name, key) });

  /** @returns the problem code when the return's rules refuse it, else null */
  async function receive(key: string, { parcelId, returnId, trackingNumber, scan }: Handover): Promise<string | null> {
    const { at: scannedAt, station, clerk } = scan;
    // Such an item is set aside on the return, where a clerk can receive it by its line.
    const items = scan.items.map(({ barcode, quantity }) => ({ lineId: null, barcode: barcode ?? UNREADABLE, quantity }));
    const scanId = receiptScanId(parcelId, scan.scanId);
    try {
      await dispatch(new ReceiveItems(returnId, { scannedAt, station, clerk, trackingNumber, scanId, items }, from(key, 'receive')));
      return null;
    } catch (error) {
      if (error instanceof DomainError) return error.code;
      throw error;
    }
  }

  return {
    ...handoversOwed,
    async perform({ key, payload }) {
      const refusal = await receive(key, payload);
      const { parcelId, returnId, match, scan } = payload;
      await dispatch(new RecordHandover(parcelId, { scanId: scan.scanId, returnId, match, refusal }, from(key, 'record')));
    },
  };
}
