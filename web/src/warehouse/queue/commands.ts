/**
 * What a clerk did, as it waits in this browser to be sent: plain data, made complete at the moment of the scan, so that
 * sending it later, again, or after a reload says the same. Never personal data.
 */
import type { Schemas } from '../../shared/api/api';

/** One per route of the warehouse; `body` is the request as the API describes it. A correction names itself, so that it counts once whoever sends it. */
export type StationCommand =
  | { readonly kind: 'receipt'; readonly returnId: string; readonly body: Schemas['ReceiptBody'] }
  | {
      readonly kind: 'correction';
      readonly returnId: string;
      readonly scanId: string;
      readonly body: Schemas['CorrectionBody'] & { readonly correctionId: string };
    }
  | { readonly kind: 'mismatch'; readonly returnId: string; readonly body: Schemas['MismatchBody'] }
  | { readonly kind: 'missing'; readonly returnId: string; readonly body: Schemas['MissingBody'] }
  | { readonly kind: 'inspection'; readonly returnId: string; readonly body: Schemas['InspectionBody'] }
  | { readonly kind: 'disposition'; readonly returnId: string; readonly body: Schemas['DispositionBody'] }
  | { readonly kind: 'found_parcel'; readonly body: Schemas['FoundParcelBody'] }
  | { readonly kind: 'found_items'; readonly parcelId: string; readonly body: Schemas['FoundItemsBody'] };

/** Counts of a line that a command changes before the service has said so. */
export type Counts = Partial<Readonly<Record<'awaiting' | 'received' | 'missing' | 'awaitingInspection' | 'toPutAway', number>>>;
export type Effect = { readonly lineId: string; readonly counts: Counts };
/** A command with what it changes, as the clerk saw it then. `id`: no other command's anywhere; its Idempotency-Key. */
export type CountedCommand = { readonly id: string; readonly command: StationCommand; readonly effects: readonly Effect[] };

export type QueuedCommand = CountedCommand & {
  /** The order in which clerks acted on this device. */
  readonly sequence: number;
  /** ISO 8601, by this device's clock. */
  readonly madeAt: string;
  /** Who made it, as the log names them; without one nobody was known, and whoever is signed in sends it. */
  readonly by?: string;
};

/** What the service said to a command that has left the queue. */
export type Outcome =
  | { readonly kind: 'done'; readonly queued: QueuedCommand; readonly answer: unknown; readonly replayed: boolean }
  | { readonly kind: 'conflict'; readonly queued: QueuedCommand; readonly code: string; readonly detail: string };
