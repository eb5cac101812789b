/**
 * A payment provider to try things with; no money moves. The payment's reference sets how it behaves: `sim_ok…` (and
 * everything else) succeeds, `sim_pending…` is pending and then succeeds, `sim_decline…` declines, `sim_timeout…` executes
 * but loses the first answer, `sim_late_failure…` succeeds and fails later. It remembers what it executed in a file, like a
 * real one would, also when this service is killed.
 */
import { createHash } from 'node:crypto';
import { StoreUnavailableError } from '../eventing/event-store.js';
import { type SqliteRow, type SqliteStatement } from '../eventing/sql/sqlite.js';
import type { Clock } from '../shared/clock.js';
import { KeptFile } from '../shared/kept-file.js';
import {
  PaymentNotExecuted,
  PaymentOutcomeUnknown,
  type PaymentProvider,
  type PayoutNotice,
  type ProviderAnswer,
  type RefundRequest,
} from './payment.port.js';

type SimulatedExecution = {
  readonly key: string;
  readonly refundId: string;
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly state: 'succeeded' | 'pending' | 'declined' | 'failed';
};

type SimulatedPaymentsOptions = {
  /** Path of its file; `:memory:` for one that forgets. */
  readonly file: string;
  readonly clock: Clock;
  /** After which a `sim_late_failure` fails, in milliseconds; 2 000 unless said otherwise. */
  readonly lateFailureMs?: number;
};

const SCHEMA = `
  create table if not exists refunds (
    key text primary key, refund_id text not null, payment_id text not null, amount_minor integer not null, currency text not null,
    state text not null, fails_at_ms integer) strict, without rowid;
  create index if not exists refunds_to_fail on refunds (fails_at_ms) where fails_at_ms is not null`;

type Statements = Readonly<Record<'find' | 'insert' | 'setState' | 'failing' | 'told' | 'all', SqliteStatement>>;

export class SimulatedPayments implements PaymentProvider {
  readonly id = 'simulated';
  readonly simulated = true;
  readonly #file: KeptFile;
  readonly #sql: Statements;

  constructor(private readonly options: SimulatedPaymentsOptions) {
    this.#file = new KeptFile(options.file, SCHEMA);
    const prepare = (sql: string): SqliteStatement => this.#file.database.prepare(sql);
    this.#sql = {
      find: prepare('select * from refunds where key = ?'),
      insert: prepare('insert into refunds values (?, ?, ?, ?, ?, ?, ?)'),
      setState: prepare('update refunds set state = ? where key = ?'),
      failing: prepare('select * from refunds where fails_at_ms <= ? order by fails_at_ms limit 100'),
      told: prepare('update refunds set fails_at_ms = null where key = ?'),
      all: prepare('select * from refunds order by key'),
    };
  }

  async refund(request: RefundRequest): Promise<ProviderAnswer> {
    const { row, first } = await this.#file
      .inGroup(() => this.#execute(request))
      .catch((error: unknown) => {
        throw error instanceof StoreUnavailableError ? new PaymentNotExecuted(error.message, { cause: error }) : error;
      });
    if (first && request.reference.startsWith('sim_timeout')) throw new PaymentOutcomeUnknown('The simulated answer was lost');
    return answerOf(row);
  }

  async status({ key }: RefundRequest): Promise<ProviderAnswer | { readonly kind: 'not_found' }> {
    return this.#file.inGroup(() => {
      const row = this.#find(key);
      if (row?.state !== 'pending') return row === undefined ? { kind: 'not_found' } : answerOf(row);
      this.#sql.setState.run('succeeded', key);
      return answerOf({ ...row, state: 'succeeded' });
    });
  }

  /** Looks for late failures every quarter of a second; one that was not recorded is told again. */
  watch(tell: (notice: PayoutNotice) => Promise<void>): () => void {
    let telling = false;
    const look = async () => {
      if (telling || !this.#file.database.isOpen) return;
      telling = true;
      try {
        await this.tellLateFailures(tell);
      } catch {
        // Not recorded: it stays untold and comes again with the next look.
      } finally {
        telling = false;
      }
    };
    const timer = setInterval(() => void look(), 250);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Tells every failure that is due and was not told yet. */
  async tellLateFailures(tell: (notice: PayoutNotice) => Promise<void>): Promise<void> {
    for (const row of this.#sql.failing.all(this.options.clock().getTime()).map(executionOf)) {
      if (row.state !== 'failed') await this.#file.inGroup(() => this.#sql.setState.run('failed', row.key));
      const { key, refundId, paymentId } = row;
      await tell({ noticeId: `${key} failed`, key, refundId, paymentId, answer: { kind: 'declined', code: LATE_FAILURE } });
      if (!this.#file.database.isOpen) return;
      await this.#file.inGroup(() => this.#sql.told.run(key));
    }
  }

  /** Everything that was ever executed or declined, by key; what a provider's own statement would list. */
  executions(): readonly SimulatedExecution[] {
    return this.#sql.all.all().map(executionOf);
  }

  close(): void {
    this.#file.close();
  }

  /** @throws PaymentNotExecuted the key was used for something else */
  #execute({ key, refundId, paymentId, reference, amountMinor, currency }: RefundRequest): {
    readonly row: SimulatedExecution;
    readonly first: boolean;
  } {
    const known = this.#find(key);
    if (known !== undefined) {
      if (known.amountMinor !== amountMinor || known.currency !== currency)
        throw new PaymentNotExecuted(`The key ${key} was used for another amount`);
      return { row: known, first: false };
    }
    const state = reference.startsWith('sim_decline') ? 'declined' : reference.startsWith('sim_pending') ? 'pending' : 'succeeded';
    const failsAt = reference.startsWith('sim_late_failure') ? this.options.clock().getTime() + (this.options.lateFailureMs ?? 2000) : null;
    this.#sql.insert.run(key, refundId, paymentId, amountMinor, currency, state, failsAt);
    return { row: { key, refundId, paymentId, amountMinor, currency, state }, first: true };
  }

  #find(key: string): SimulatedExecution | undefined {
    const row = this.#sql.find.get(key);
    return row === undefined ? undefined : executionOf(row);
  }
}

const LATE_FAILURE = 'simulated_late_failure';

function answerOf({ key, state }: SimulatedExecution): ProviderAnswer {
  const providerRefundId = `sim_re_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
  switch (state) {
    case 'succeeded':
    case 'pending':
      return { kind: state, providerRefundId };
    case 'declined':
      return { kind: 'declined', code: 'simulated_decline' };
    case 'failed':
      return { kind: 'declined', code: LATE_FAILURE };
  }
}

const STATES = ['succeeded', 'pending', 'declined', 'failed'] as const;

function executionOf(row: SqliteRow): SimulatedExecution {
  const state = STATES.find((each) => each === row['state']);
  if (state === undefined) throw new Error('The file of the simulated payments is damaged');
  return {
    key: String(row['key']),
    refundId: String(row['refund_id']),
    paymentId: String(row['payment_id']),
    amountMinor: Number(row['amount_minor']),
    currency: String(row['currency']),
    state,
  };
}
