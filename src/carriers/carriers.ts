import type { CarrierPort } from './carrier.port.js';

/** The carriers this installation works with, by id. */
export class Carriers {
  readonly #byId: ReadonlyMap<string, CarrierPort>;
  /** Id of the carrier new labels are bought from unless somebody chooses another. */
  readonly defaultId: string;

  /** @param carriers the first one is the default */
  constructor(carriers: readonly [CarrierPort, ...CarrierPort[]]) {
    this.#byId = new Map(carriers.map((carrier) => [carrier.id, carrier]));
    this.defaultId = carriers[0].id;
  }

  /** Undefined for a carrier that is not, or no longer, set up. */
  find(id: string): CarrierPort | undefined {
    return this.#byId.get(id);
  }
}
