/** The log as it grows, for whoever wants to follow it: server-sent events, resumable by position. */
import { Controller, Get, Inject, Query, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ORDER_SCOPE, type OrderScope } from '../access/access.guard.js';
import { Allow, Who, type Principal } from '../access/access.js';
import { Admissions, type Admission } from '../access/admissions.js';
import type { EventBatch, EventStore, Position } from '../eventing/event-store.js';
import { EVENT_STORE } from '../shared/tokens.js';
import { positionIn } from './caller.js';
import { AnswersWith } from './documentation.js';
import { EventLines } from './event-lines.js';
import { EventStream, frameOf } from './event-stream.js';
import { Text } from './fields.js';
import { fieldRefused, Problem } from './problem.js';

const BATCH = 100;

class EventsQuery {
  @Text({
    optional: true,
    max: 100,
    description: 'Position to go on after, `start` for everything; `Last-Event-ID` wins. Without either: what happens from now on',
  })
  readonly after?: string;
}

@ApiTags('Operation')
@Controller('v1/events')
export class EventsController implements OnModuleDestroy {
  readonly #stopping = new AbortController();
  readonly #lines = new EventLines();

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly admissions: Admissions,
    @Inject(ORDER_SCOPE) private readonly scope: OrderScope,
  ) {}

  @Get()
  @Allow('shop', 'customer', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Events as they happen (SSE); customers get those of their order',
    description:
      '`id` is a position: send it as `Last-Event-ID` to go on where a connection broke. It ends when the key is revoked, the session signs out or is over. One session or key has ten; one more ends its oldest.',
  })
  @AnswersWith(['text/event-stream'])
  async follow(
    @Who() principal: Principal,
    @Query() { after }: EventsQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const from = await this.#startOf(
      positionIn(request.headers['last-event-id'], 'Last-Event-ID') ?? (after === 'start' ? 'start' : positionIn(after, 'after')),
    );
    if (this.#stopping.signal.aborted) throw new Problem('stopping', 'The service is stopping.', { headers: { 'retry-after': '1' } });
    const admission = await this.admissions.of(request);
    // Within the tolerance for clocks that differ a token lets in that is over.
    if (!admission.holds())
      throw new Problem('unauthenticated', 'These credentials are over.', {
        headers: { 'www-authenticate': 'Bearer realm="backhaul", error="invalid_token"' },
      });
    const isCustomer = principal.kind === 'customer';
    this.#lines.makeRoom(admission, isCustomer);
    const stream = new EventStream(reply, this.#stopping.signal);
    const end = this.#lines.add({ admission, isCustomer, stream });
    try {
      if (request.method !== 'HEAD') await this.#send(stream, from, principal, admission);
    } finally {
      end();
    }
  }

  /** Open streams would keep a stopping server waiting for ever. */
  onModuleDestroy(): void {
    this.#stopping.abort();
    this.#lines.close();
  }

  async #send(stream: EventStream, from: Position | 'start', principal: Principal, admission: Admission): Promise<void> {
    const batches = this.store.subscribe(from, { batchSize: BATCH, signal: stream.signal });
    try {
      for await (const batch of batches) {
        if (!admission.holds()) return;
        await stream.write(this.#frames(batch, principal));
        stream.reached(batch.upTo);
      }
    } catch (error) {
      // The client comes back with the last position it has seen; there is no other way to tell it.
      if (!stream.signal.aborted) throw error;
    }
  }

  #frames({ events }: EventBatch, { kind, orderId }: Principal): string {
    if (kind !== 'customer') return events.map((event) => frameOf(event, event.data, event.metadata.actor)).join('');
    return events
      .filter(({ streamId }) => orderId !== undefined && this.scope.orderOfStream(streamId) === orderId)
      .map((event) => frameOf(event, this.scope.forCustomer(event), { kind: event.metadata.actor.kind }))
      .join('');
  }

  /** @throws Problem validation_failed for a position that this log cannot have given */
  async #startOf(asked: Position | 'start' | undefined): Promise<Position | 'start'> {
    if (asked === 'start') return 'start';
    const head = await this.store.head();
    if (asked === undefined) return head;
    const sameForm = (position: string): string => position.replace(/\d/g, '0');
    if (head !== 'start' && sameForm(asked) === sameForm(head) && asked <= head) return asked;
    throw fieldRefused('header', '/Last-Event-ID', 'is not a position of this log', 'This log has not given that position.');
  }
}
