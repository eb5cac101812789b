/** Offers the made-up shop where nobody has told of another order yet, and loads it the way any file of orders comes in. */
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { EventStore, RecordedEvent } from '../eventing/event-store.js';
import { fromProcess } from '../eventing/process-context.js';
import { Problem } from '../http/problem.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { orderIdOfStream } from '../returns/rules/returns.events.js';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import type { Language } from '../shared/language.js';
import { CLOCK, CONFIG, EVENT_STORE } from '../shared/tokens.js';
import { NAMED_MAPPINGS } from './import/named-mappings.js';
import { OrderImport, type ImportContext } from './import/order-import.commands.js';
import { SAMPLE_ORDER_IDS, SAMPLE_PAYMENT, sampleOrders, sampleShop, type SampleOrder } from './sample-shop.js';

/** Events read at a time to see whether there is any order; where there are some, they come early. */
const BATCH = 500;

@Injectable()
export class DemoShop {
  #isKnownToBeLoaded = false;
  #isKnownToHaveOthers = false;
  #loading: Promise<void> | undefined;

  constructor(
    private readonly importer: OrderImport,
    private readonly queries: ReturnsQueries,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** `orders`: those to try, once the made-up shop is there. */
  async look(language: Language): Promise<{ readonly offered: boolean; readonly orders: SampleOrder[] }> {
    // Anybody may load it, so production has none.
    if (this.config.environment === 'production') return { offered: false, orders: [] };
    if (await this.#isLoaded()) return { offered: false, orders: sampleOrders(language) };
    return { offered: this.config.simulatedPayments && !(await this.#hasOthers()), orders: [] };
  }

  /**
   * Loads it, or what an interrupted loading left out; once all of it is there it only answers.
   * @throws Problem invalid_state there are other orders, or nothing that could "pay" its refunds
   */
  async load(language: Language): Promise<SampleOrder[]> {
    const { offered, orders } = await this.look(language);
    if (orders.length > 0) return orders;
    if (!offered)
      throw new Problem(
        'invalid_state',
        'The made-up shop is only for a service outside production, without orders, and with simulated payments.',
      );
    this.#loading ??= this.#import().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
    return sampleOrders(language);
  }

  async #import(): Promise<void> {
    const now = this.clock();
    const mapping = NAMED_MAPPINGS.get('generic');
    if (mapping === undefined) throw new Error('The generic mapping is gone');
    const context: ImportContext = {
      at: now.toISOString(),
      idsAsWritten: false,
      // An order that is there already stays as it is, also on another day, on which the made-up shop has other dates.
      sourceOf: (orderId) => fromProcess('demo-shop', orderId, now.toISOString()),
    };
    const refused: string[] = [];
    // To the end, whatever is refused: who tries again must not meet what is still on its way.
    for await (const { orderId, status, detail } of this.importer.run(
      Readable.from([sampleShop(now).ordersCsv]),
      { format: 'csv', mapping },
      context,
    )) {
      if (status === 'failed') refused.push(`${orderId ?? '?'}: ${detail ?? ''}`);
    }
    if (refused.length > 0) throw new Error(`${refused.length} sample orders were refused, first ${refused[0]}`);
  }

  /** All of it, so nobody is told to try what is still coming. */
  async #isLoaded(): Promise<boolean> {
    for (const orderId of this.#isKnownToBeLoaded ? [] : SAMPLE_ORDER_IDS) if (!(await this.#isSample(orderId))) return false;
    this.#isKnownToBeLoaded = true;
    return true;
  }

  async #isSample(orderId: string): Promise<boolean> {
    if (!SAMPLE_ORDER_IDS.has(orderId)) return false;
    const { state } = await this.queries.ofOrder(orderId);
    return state.order?.payments.some(({ paymentId }) => paymentId === SAMPLE_PAYMENT) ?? false;
  }

  /** Orders that are none of the made-up shop's; a log that has some keeps them. */
  async #hasOthers(): Promise<boolean> {
    if (this.#isKnownToHaveOthers) return true;
    const reading = new AbortController();
    try {
      for await (const { events, caughtUp } of this.store.subscribe('start', { batchSize: BATCH, signal: reading.signal })) {
        this.#isKnownToHaveOthers = await this.#hasOtherAmong(events);
        if (this.#isKnownToHaveOthers || caughtUp) break;
      }
    } finally {
      reading.abort();
    }
    return this.#isKnownToHaveOthers;
  }

  async #hasOtherAmong(events: readonly RecordedEvent[]): Promise<boolean> {
    for (const orderId of new Set(events.map(({ streamId }) => orderIdOfStream(streamId)))) {
      if (orderId !== undefined && !(await this.#isSample(orderId))) return true;
    }
    return false;
  }
}
