/** What EasyPost sends. It tries again until it is answered with 200, so that is said once everything is recorded. */
import { Controller, Headers, HttpCode, Inject, Logger, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../access/access.js';
import { DomainError } from '../eventing/decider.js';
import type { EventStore } from '../eventing/event-store.js';
import { byProvider, fromProcess } from '../eventing/process-context.js';
import { notFound, Problem } from '../http/problem.js';
import { RecordTracking } from '../returns/parcel.commands.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { Heard } from '../shared/heard.js';
import { CLOCK, CONFIG, EVENT_STORE } from '../shared/tokens.js';
import { ReceivingQueueQueries } from '../warehouse/receiving-queue.queries.js';
import { isSigned, parcelIn, type ParcelNews, type TrackedParcel } from './easypost-tracking.js';

/** Returns that one tracking number leads to, at most. */
const MOST_RETURNS = 20;

@ApiExcludeController()
@Public()
@Controller('v1/webhooks/easypost')
export class EasyPostWebhookController {
  readonly #log = new Logger('EasyPost');

  constructor(
    private readonly queue: ReceivingQueueQueries,
    private readonly queries: ReturnsQueries,
    private readonly commands: CommandBus,
    private readonly heard: Heard,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Problem not_found EasyPost's webhooks are not set up; bad_signature */
  @Post()
  @HttpCode(200)
  async receive(
    @Req() { rawBody, body }: FastifyRequest,
    @Headers('x-hmac-signature') signature = '',
  ): Promise<{ readonly received: true }> {
    const secret = this.config.easypost?.webhookSecret ?? null;
    if (secret === null) throw notFound();
    if (!isSigned(rawBody ?? Buffer.alloc(0), signature, secret))
      throw new Problem('bad_signature', 'X-Hmac-Signature does not fit this body. EASYPOST_WEBHOOK_SECRET must be that of this webhook.');
    this.heard.told('easypost');
    const parcel = parcelIn(body);
    if (parcel !== null) await this.#record(parcel);
    return { received: true };
  }

  /** Other parcels go through the same account; they are none of ours. */
  async #record(parcel: TrackedParcel): Promise<void> {
    const [returnId, ...others] = await this.#returnsOf(parcel);
    if (returnId === undefined) return;
    if (others.length > 0) return this.#log.warn(`${parcel.trackingCode} is of several returns; what becomes of it must be told by hand`);
    for (const news of parcel.news) await this.#tell(returnId, parcel.trackingCode, news);
  }

  async #returnsOf({ trackingCode, shipmentId }: TrackedParcel): Promise<readonly string[]> {
    const head = await this.store.head();
    const found = await this.queue.find([trackingCode], ['tracking_number'], MOST_RETURNS, head === 'start' ? undefined : head);
    const owned = found.map(async ({ returnId }) => {
      const ret = (await this.queries.ofReturn(returnId))?.state.returns.find((each) => each.returnId === returnId);
      const isOurs = ret?.labels.some(
        ({ carrier, trackingNumber, documentRef }) =>
          carrier === 'easypost' && trackingNumber === trackingCode && (shipmentId === null || shipmentId === documentRef),
      );
      return isOurs === true ? [returnId] : [];
    });
    return (await Promise.all(owned)).flat();
  }

  /** What a rule refuses is refused the next time, too: EasyPost need not tell it again. */
  async #tell(returnId: string, trackingNumber: string, { status, at, place, code, expectedAt }: ParcelNews): Promise<void> {
    const now = this.clock().toISOString();
    const occasion = [trackingNumber, status, at, place, code].filter((part) => part !== null).join(' ');
    // Where a carrier names no place EasyPost takes its local time for UTC, which may lie ahead.
    const reportedAt = at > now ? undefined : at;
    const said = { status, reportedAt, trackingNumber, place, code, expectedAt, fault: null };
    try {
      await this.commands.execute(
        new RecordTracking(returnId, said, fromProcess('easypost', occasion, now, { actor: byProvider('easypost') })),
      );
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#log.warn(`What became of ${trackingNumber} was not recorded (${error.code})`);
    }
  }
}
