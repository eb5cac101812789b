/** Which providers this installation works with, whether they answer, and what waits there. */
import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { Carriers } from '../carriers/carrier.port.js';
import { labelsWaiting } from '../carriers/labels.queries.js';
import { ViewBehindError, Views } from '../eventing/views.js';
import { payoutsWaiting } from '../finance/refunds.queries.js';
import { Answers } from '../http/documentation.js';
import { EmptyBody } from '../http/reading.js';
import { MAIL, type MailPort } from '../notices/mail.port.js';
import { PAID_BY_HAND, PaymentProviders } from '../payments/payment.port.js';
import { Heard, type Asked, type HeardOf } from '../shared/heard.js';
import { ProvidersAnswer, type ProviderAnswer, type ProviderKind, type ProviderState, type WaitingAnswer } from './providers.dto.js';

type SetUp = { readonly provider: Asked & { readonly simulated: boolean }; readonly kind: ProviderKind };
type Waiting = ReadonlyMap<string, WaitingAnswer[]>;

@ApiTags('Operation')
@Allow('admin')
@Controller('v1/providers')
export class ProvidersController {
  constructor(
    private readonly payments: PaymentProviders,
    private readonly carriers: Carriers,
    private readonly views: Views,
    private readonly heard: Heard,
    @Inject(MAIL) private readonly mail: MailPort,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Every provider, and how it stands',
    description: 'What was heard of them is kept by the process that is asked, since it began.',
  })
  @Answers(ProvidersAnswer)
  async list(): Promise<ProvidersAnswer> {
    const [payouts, labels] = await Promise.all([known(this.#payouts()), known(this.#labels())]);
    const items = this.#setUp().map(({ provider: { id, simulated }, kind }) => {
      const waits = kind === 'payments' ? payouts : labels;
      const waiting = kind === 'mail' ? [] : waits === undefined ? null : (waits.get(id) ?? []);
      const heard = this.heard.of(id);
      return { id, kind, state: stateOf(heard), mode: simulated ? ('test' as const) : ('live' as const), ...heard, waiting };
    });
    return { items: [...items, ...notSetUp('payments', payouts, items), ...notSetUp('labels', labels, items)] };
  }

  @Post('check')
  @ApiOperation({ summary: 'Ask every provider that can be asked, now', description: 'Moves no money, buys and sends nothing.' })
  @Answers(ProvidersAnswer, { status: 200 })
  async check(@Body() _nothing: EmptyBody): Promise<ProvidersAnswer> {
    await Promise.all(this.#setUp().map(({ provider }) => this.heard.lookAt(provider)));
    return this.list();
  }

  #setUp(): readonly SetUp[] {
    return [
      ...this.payments.all.map((provider) => ({ provider, kind: 'payments' as const })),
      ...this.carriers.all.map((provider) => ({ provider, kind: 'labels' as const })),
      { provider: this.mail, kind: 'mail' },
    ];
  }

  async #payouts(): Promise<Waiting> {
    const waiting = new Map<string, WaitingAnswer[]>();
    for (const { provider, state, payouts, since_ms: sinceMs } of await payoutsWaiting(this.views))
      waiting.set(provider, [...(waiting.get(provider) ?? []), { state, count: payouts, since: new Date(sinceMs).toISOString() }]);
    return waiting;
  }

  async #labels(): Promise<Waiting> {
    const labels = await labelsWaiting(this.views);
    return new Map(
      [...labels].map(([id, { count, sinceMs }]) => [id, [{ state: 'requested', count, since: new Date(sinceMs).toISOString() }]]),
    );
  }
}

/** Undefined while the view is being built. */
const known = <T>(read: Promise<T>): Promise<T | undefined> =>
  read.catch((error: unknown) => {
    if (error instanceof ViewBehindError) return undefined;
    throw error;
  });

function stateOf({ answeredAt, failedAt }: HeardOf): ProviderState {
  if (failedAt !== null && (answeredAt === null || answeredAt < failedAt)) return 'fails';
  return answeredAt === null ? 'not_asked' : 'answers';
}

/** Where something waits, and nobody is set up to do it. */
const notSetUp = (kind: ProviderKind, waiting: Waiting = new Map(), items: readonly ProviderAnswer[]): ProviderAnswer[] =>
  [...waiting]
    .filter(([id]) => !items.some((each) => each.kind === kind && each.id === id))
    .map(([id, waits]) => ({
      id,
      kind,
      state: kind === 'payments' && id === PAID_BY_HAND ? 'by_hand' : 'not_set_up',
      mode: null,
      answeredAt: null,
      failedAt: null,
      failure: null,
      toldAt: null,
      waiting: waits,
    }));
