/**
 * A carrier as this service needs it: buys labels and gives their documents. Every adapter passes
 * `test/contracts/carrier.contract.ts`.
 */
import type { Contact } from '../contacts/contacts.store.js';
import type { VoidOutcome } from '../returns/rules/returns.events.js';

type LabelKind = 'label' | 'drop_off_code';

export type LabelRequest = {
  /** Idempotency key: the same key gives the same label and costs nothing again. */
  readonly key: string;
  readonly returnId: string;
  readonly labelId: string;
  readonly kind: LabelKind;
  /** Weight of the goods in grams; null where the shop does not know it. */
  readonly weightGrams: number | null;
  /** Printed on the label and shown by the carrier, at most 100 characters. No personal data. */
  readonly reference: string;
  /** ISO 8601 UTC; the same each time the label is asked for. */
  readonly requestedAt: string;
  /** ISO 4217, of the order. */
  readonly currency: string;
  /** Who sends the parcel, as the shop told it; null where it told nothing. Personal data: for the carrier alone. */
  readonly sender: Contact | null;
};

export type BoughtLabel = {
  readonly trackingNumber: string;
  /** What the customer shows at the drop-off point; null for a label. */
  readonly code: string | null;
  /** Minor units of the request's currency, 0 when the merchant settles with the carrier directly. */
  readonly costMinor: number;
  /** How the adapter finds the document again; opaque to everybody else. */
  readonly documentRef: string;
};

/** All that is known about an issued label, from the log. */
export type LabelDocument = {
  readonly returnId: string;
  readonly labelId: string;
  readonly kind: LabelKind;
  readonly trackingNumber: string;
  readonly code: string | null;
  readonly documentRef: string;
  /** ISO 8601 UTC. */
  readonly issuedAt: string;
};

/** `submitted`: it looks into it; `not_applicable`: it bills no label that is not used. */
export type VoidAnswer = Exclude<VoidOutcome, 'parked'>;

export const LABEL_FORMATS = ['pdf', 'png', 'zpl'] as const;
export type LabelFormat = (typeof LABEL_FORMATS)[number];
export type RenderedLabel = { readonly bytes: Uint8Array; readonly contentType: string };

export interface CarrierPort {
  /** Stored in events and shown in the API; never renamed. */
  readonly id: string;
  /** True: no parcel can be sent with its labels. */
  readonly simulated: boolean;

  /**
   * Buys the label, or finds the one bought under the same key.
   * @param signal aborted when the service stops or the caller no longer waits
   * @throws CarrierDeclined the carrier will not make this label however often it is asked
   * @throws CarrierUnavailable try again later under the same key
   */
  createLabel(request: LabelRequest, signal: AbortSignal): Promise<BoughtLabel>;

  /**
   * The label as a file. The same document in the same format gives the same bytes.
   * @throws CarrierDeclined `format_not_offered`
   * @throws CarrierUnavailable the carrier keeps the file and cannot be reached
   */
  render(document: LabelDocument, format: LabelFormat): Promise<RenderedLabel>;

  /**
   * Asks the carrier to take a label back that nobody may use any more, for carriers that do. Asking again is harmless.
   * @throws CarrierDeclined it will not, `rejected` in the log
   * @throws CarrierUnavailable ask again later
   */
  voidLabel?(label: Pick<LabelDocument, 'labelId' | 'trackingNumber' | 'documentRef'>, signal: AbortSignal): Promise<VoidAnswer>;

  /** Looked at when the service starts, for carriers that can tell: what is wrong with the key, in words. Undefined: nothing is. */
  whatIsWrong?(): Promise<string | undefined>;
}

/** The carrier's final no. `code` is the carrier's or the adapter's own, in snake_case. */
export class CarrierDeclined extends Error {
  override readonly name = 'CarrierDeclined';
  constructor(
    readonly code: string,
    message: string = code,
  ) {
    super(message);
  }
}

/** No answer that settles anything: down, rate limited, timed out. */
export class CarrierUnavailable extends Error {
  override readonly name = 'CarrierUnavailable';
}

/** The carriers this installation works with, by id. */
export class Carriers {
  readonly #byId: ReadonlyMap<string, CarrierPort>;
  /** Id of the carrier new labels are bought from unless somebody chooses another. */
  readonly defaultId: string;

  /**
   * @param all the first one is the default
   * @param fallback makes a label where the carrier that was asked cannot
   */
  constructor(
    readonly all: readonly [CarrierPort, ...CarrierPort[]],
    readonly fallback?: CarrierPort,
  ) {
    this.#byId = new Map(all.map((carrier) => [carrier.id, carrier]));
    this.defaultId = all[0].id;
  }

  /** Undefined for a carrier that is not, or no longer, set up. */
  find(id: string): CarrierPort | undefined {
    return this.#byId.get(id);
  }
}
