/** Offers the made-up shop where nobody has told of an order yet, and loads it the way any file of orders comes in. */
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { EventStore } from '../eventing/event-store.js';
import { deriveCommandId } from '../eventing/execute-command.js';
import { Problem } from '../http/problem.js';
import { orderIdOfStream } from '../returns/returns.events.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import type { Language } from '../shared/language.js';
import { CLOCK, CONFIG, EVENT_STORE } from '../shared/tokens.js';
import { NAMED_MAPPINGS } from './import-mapping.js';
import { OrderImport, type ImportContext } from './order-import.commands.js';
import { FIRST_SAMPLE_ORDER, SAMPLE_PAYMENT, sampleOrders, sampleShop, type SampleOrder } from './sample-shop.js';

/** Events read at a time to see whether there is any order; where there are some, they come early. */
const BATCH = 500;

@Injectable()
export class DemoShop {
  #hasOrders = false;
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
    if (await this.isLoaded()) return { offered: false, orders: sampleOrders(language) };
    return { offered: this.config.simulatedPayments && !(await this.hasOrders()), orders: [] };
  }

  /**
   * Loads it, once: asked again it only answers.
   * @throws Problem invalid_state there are other orders, or nothing that could "pay" its refunds
   */
  async load(language: Language): Promise<SampleOrder[]> {
    const { offered, orders } = await this.look(language);
    if (orders.length > 0) return orders;
    if (!offered) throw new Problem('invalid_state', 'The made-up shop is only for a service outside production, without orders, and with simulated payments.');
    this.#loading ??= this.import().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
    return sampleOrders(language);
  }

  private async import(): Promise<void> {
    const now = this.clock();
    const mapping = NAMED_MAPPINGS.get('generic');
    if (mapping === undefined) throw new Error('The generic mapping is gone');
    const context: ImportContext = {
      at: now.toISOString(),
      contextOf: (orderId) => {
        const commandId = deriveCommandId('demo-shop', orderId);
        return { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: 'demo-shop', channel: 'import' }, occurredAt: now.toISOString() };
      },
    };
    for await (const { orderId, status, detail } of this.importer.run(Readable.from([sampleShop(now).ordersCsv]), { format: 'csv', mapping }, context)) {
      if (status === 'failed') throw new Error(`The sample order ${orderId ?? '?'} was refused: ${detail ?? ''}`);
    }
  }

  private async isLoaded(): Promise<boolean> {
    const { state } = await this.queries.ofOrder(FIRST_SAMPLE_ORDER);
    return state.order?.payments.some(({ paymentId }) => paymentId === SAMPLE_PAYMENT) ?? false;
  }

  /** Looks at the beginning of the log; a log that has orders keeps them. */
  private async hasOrders(): Promise<boolean> {
    if (this.#hasOrders) return true;
    const reading = new AbortController();
    try {
      for await (const { events, caughtUp } of this.store.subscribe('start', { batchSize: BATCH, signal: reading.signal })) {
        this.#hasOrders = events.some(({ streamId }) => orderIdOfStream(streamId) !== undefined);
        if (this.#hasOrders || caughtUp) break;
      }
    } finally {
      reading.abort();
    }
    return this.#hasOrders;
  }
}
