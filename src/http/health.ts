/** Is the process alive, and is it ready to work? Says by name what is not. */
import { performance } from 'node:perf_hooks';
import { Controller, Get, Inject, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import pTimeout from 'p-timeout';
import { Public } from '../access/access.js';
import { Insiders } from '../access/insiders.js';
import type { EventStore } from '../eventing/event-store.js';
import { Processes, type ProcessStatus } from '../eventing/process-runner.js';
import { VIEW_STATES, type ViewStatus } from '../eventing/projection.js';
import { Views } from '../eventing/views.js';
import { EVENT_STORE } from '../shared/tokens.js';
import { Answers } from './documentation.js';
import { Flag, ListOf, Measure, OneOf, Text, Whole } from './fields.js';
import { Metrics } from './metrics.js';

/** A view further behind than this answers from the past, so this process should get no queries. */
const MOST_LAG_SECONDS = 60;
const STORE_PATIENCE_MS = 2000;

export class Alive {
  @OneOf(['alive'])
  readonly status!: string;
}
class ViewHealth {
  @Text()
  readonly name!: string;
  @Whole()
  readonly version!: number;
  @OneOf(VIEW_STATES)
  readonly state!: string;
  @Measure({ description: 'Seconds since the view last agreed with the log' })
  readonly lagSeconds!: number;
}
class ProcessHealth {
  @Text()
  readonly name!: string;
  @OneOf(['waiting', 'running', 'stopped'])
  readonly state!: string;
  @Whole({ description: 'Still to be done, some of it later' })
  readonly pending!: number;
  @Whole({ description: 'To be done now' })
  readonly due!: number;
  @Whole({ description: 'Whose last attempt failed' })
  readonly failing!: number;
  @Measure({ description: 'Of what is due longest' })
  readonly oldestDueSeconds!: number;
}
export class Readiness {
  @Flag()
  readonly ready!: boolean;
  @ListOf('string', {
    optional: true,
    description: 'What is wrong, by name; this and what follows in production only from private addresses or with staff’s credentials',
  })
  readonly wrong?: readonly string[];
  @ListOf(() => ViewHealth, { optional: true })
  readonly views?: readonly ViewHealth[];
  @ListOf(() => ProcessHealth, { optional: true })
  readonly processes?: readonly ProcessHealth[];
}

@ApiTags('Operation')
@Public()
@Controller('health')
export class HealthController implements OnModuleDestroy {
  #stopping = false;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly views: Views,
    private readonly processes: Processes,
    private readonly insiders: Insiders,
    metrics: Metrics,
  ) {
    publishGauges(metrics, views, processes);
  }

  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  @Answers(Alive)
  live(): Alive {
    return { status: 'alive' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'The service can work: the log answers, no view has stopped or is far behind' })
  @Answers(Readiness)
  @ApiResponse({
    status: 503,
    description: 'Not ready; `wrong` says why',
    content: { 'application/json': { schema: { $ref: getSchemaPath(Readiness) } } },
  })
  async ready(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const views = this.views.status();
    const [log, processes] = await Promise.all([this.#logAnswers(), this.processes.status().catch(() => undefined)]);
    const wrong = [
      ...(this.#stopping ? ['the service is stopping'] : []),
      ...(log ? [] : ['the event log does not answer']),
      ...(this.views.started ? [] : ['views and processes wait for the event log since the start']),
      ...(processes === undefined ? ['the to-dos of the processes cannot be read'] : []),
      ...views.flatMap(faultOf),
    ];
    if (wrong.length > 0) void reply.code(503);
    // Load balancers look at the status; credentials that are not valid are no reason to tell them something else.
    const isInsider = await this.insiders.admits(request).catch(() => false);
    if (!isInsider) return { ready: wrong.length === 0 };
    return { ready: wrong.length === 0, wrong, views: views.map(viewHealth), processes: (processes ?? []).map(processHealth) };
  }

  onModuleDestroy(): void {
    this.#stopping = true;
  }

  #logAnswers(): Promise<boolean> {
    const answer = this.store.head().then(() => true);
    return pTimeout(answer, { milliseconds: STORE_PATIENCE_MS, fallback: () => false }).catch(() => false);
  }
}

/** What the error of a failed view says stays in the service's log: it may quote data. */
function faultOf({ name, state, error, lagSeconds, progress }: ViewStatus): readonly string[] {
  if (state === 'failed') return [`view ${name} has stopped at an event it cannot take`];
  if (state === 'cannot_write') return [`view ${name} cannot be read or written just now`];
  if (error !== null) return [`view ${name} is not kept up to date just now; that is being started again`];
  if (state === 'catching-up' && progress !== null) return [`view ${name} is being built from the log (${percent(progress)} done)`];
  return lagSeconds > MOST_LAG_SECONDS ? [`view ${name} is ${Math.round(lagSeconds)} seconds behind`] : [];
}

/** Never complete before it is. */
export const percent = (share: number): string => `${Math.min(99, Math.floor(share * 100))} %`;

const viewHealth = ({ name, version, state, lagSeconds }: ViewStatus): ViewHealth => ({ name, version, state, lagSeconds });
const processHealth = ({ name, state, pending, due, failing, oldestDueSeconds }: ProcessStatus): ProcessHealth => ({
  name,
  state,
  pending,
  due,
  failing,
  oldestDueSeconds,
});

function publishGauges(metrics: Metrics, views: Views, processes: Processes): void {
  const ofViews = (read: (view: ViewStatus) => number) => () => views.status().map((view) => [view.name, read(view)] as const);
  // The other numbers are told also while the to-dos cannot be read.
  const ofProcesses = (read: (process: ProcessStatus) => number) => async () =>
    (await processes.status().catch(() => [])).map((process) => [process.name, read(process)] as const);
  metrics.gauge(
    'backhaul_view_lag_seconds',
    'Seconds since the view last agreed with the log',
    'view',
    ofViews(({ lagSeconds }) => lagSeconds),
  );
  metrics.gauge(
    'backhaul_view_failed',
    '1 while the view has stopped at an event it cannot take',
    'view',
    ofViews(({ state }) => (state === 'failed' ? 1 : 0)),
  );
  metrics.gauge(
    'backhaul_view_events_applied',
    'Events the view has taken',
    'view',
    ofViews(({ eventsApplied }) => eventsApplied),
  );
  metrics.gauge('backhaul_thread_busy_seconds', 'Seconds that the event loop of a thread was busy since it began', 'thread', () =>
    [
      ['requests', performance.eventLoopUtilization()] as const,
      ...(views.thread === undefined ? [] : [['views', views.thread.performance.eventLoopUtilization()] as const]),
    ].map(([thread, { active }]) => [thread, active / 1000] as const),
  );
  metrics.gauge(
    'backhaul_process_due',
    'To-dos to be done now',
    'process',
    ofProcesses(({ due }) => due),
  );
  metrics.gauge(
    'backhaul_process_pending',
    'To-dos, some of them for later',
    'process',
    ofProcesses(({ pending }) => pending),
  );
  metrics.gauge(
    'backhaul_process_failing',
    'To-dos whose last attempt failed',
    'process',
    ofProcesses(({ failing }) => failing),
  );
  metrics.gauge(
    'backhaul_process_oldest_due_seconds',
    'Age of the to-do that is due longest',
    'process',
    ofProcesses(({ oldestDueSeconds }) => oldestDueSeconds),
  );
}
