/** Numbers for Prometheus. */
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Public } from '../access/access.js';
import { Insiders } from '../access/insiders.js';
import { DomainError, type DomainEvent } from '../eventing/decider.js';
import type { EventStore } from '../eventing/event-store.js';
import { CommandExecutor, type CommandContext, type Executed, type StreamModel } from '../eventing/execute-command.js';
import { AnswersWith, Refuses } from './documentation.js';
import { Problem } from './problem.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Value by label. */
type Readings = readonly (readonly [string, number])[];

export class Metrics {
  readonly registry = new Registry();
  readonly #requests = new Histogram({
    name: 'backhaul_http_request_duration_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly commands = new Counter({
    name: 'backhaul_commands_total',
    help: 'Commands by what became of them',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });
  readonly events = new Counter({ name: 'backhaul_events_appended_total', help: 'Events appended to the log', registers: [this.registry] });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Routes are named by their template, so that no identifier becomes a label. */
  observe(server: FastifyInstance): void {
    server.addHook('onResponse', (request, reply, done) => {
      this.#requests.observe(
        { method: request.method, route: request.routeOptions.url ?? 'unknown', status: reply.statusCode },
        reply.elapsedTime / 1000,
      );
      done();
    });
  }

  /** A gauge read when it is asked for: one value per label. */
  gauge(name: string, help: string, label: string, read: () => Readings | Promise<Readings>): void {
    const registers = [this.registry];
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      async collect() {
        const readings = await read();
        this.reset();
        for (const [value, number] of readings) this.set({ [label]: value }, number);
      },
    });
  }
}

/** The executor, counting. */
export class MeasuredExecutor extends CommandExecutor {
  constructor(
    store: EventStore,
    private readonly metrics: Metrics,
  ) {
    super(store);
  }

  override async execute<S, C, E extends DomainEvent>(
    model: StreamModel<S, C, E>,
    streamId: string,
    command: C,
    context: CommandContext,
  ): Promise<Executed<S, E>> {
    try {
      const executed = await super.execute(model, streamId, command, context);
      this.metrics.commands.inc({ outcome: executed.replayed ? 'replayed' : executed.position === null ? 'unchanged' : 'appended' });
      if (!executed.replayed) this.metrics.events.inc(executed.events.length);
      return executed;
    } catch (error) {
      this.metrics.commands.inc({ outcome: error instanceof DomainError ? 'refused' : 'failed' });
      throw error;
    }
  }
}

@ApiTags('Operation')
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly insiders: Insiders,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Metrics for Prometheus', description: 'In production from private addresses, or with staff’s credentials.' })
  @AnswersWith(['text/plain'])
  @Refuses('unauthenticated')
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!(await this.insiders.admits(request))) {
      throw new Problem('unauthenticated', 'From here metrics need an API key of staff.', {
        headers: { 'www-authenticate': 'Bearer realm="backhaul"' },
      });
    }
    await reply.type(this.metrics.registry.contentType).send(await this.metrics.registry.metrics());
  }
}
