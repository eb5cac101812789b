import type { PaymentProvider } from './payment.port.js';

/** The payment providers this installation works with, by id. */
export class PaymentProviders {
  readonly #byId: ReadonlyMap<string, PaymentProvider>;

  constructor(readonly all: readonly PaymentProvider[]) {
    this.#byId = new Map(all.map((provider) => [provider.id, provider]));
  }

  /** Undefined for a provider that is not, or no longer, set up. */
  find(id: string): PaymentProvider | undefined {
    return this.#byId.get(id);
  }
}
