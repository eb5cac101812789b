/** Registers a whole file of orders, many at a time, and tells what became of each one while it happens. */
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DomainError } from '../eventing/decider.js';
import { UnknownOutcomeError } from '../eventing/event-store.js';
import { IdempotencyConflictError, IdempotencyInProgressError, type CommandContext } from '../eventing/execute-command.js';
import { storeFaultOf } from '../eventing/store-faults.js';
import { Problem, type FieldError } from '../http/problem.js';
import { readFields } from '../http/reading.js';
import { minorDigits } from '../returns/money/currency.js';
import { ordersFromRows } from './order-import.js';
import type { Config } from '../shared/config.js';
import { SpoolFolder } from '../shared/spool-folder.js';
import { CONFIG } from '../shared/tokens.js';
import { recordsByOrder, rowOf, type UploadKind, type UploadRecord } from './order-upload.js';
import { OrderIntake } from './orders.commands.js';
import { ImportedOrderBody } from './orders.dto.js';

/** What became of one order of the upload. `rows` count from 1, without the header. */
export type ImportResult = {
  readonly orderId: string | null;
  readonly rows: readonly number[];
  readonly status: 'registered' | 'amended' | 'unchanged' | 'failed';
  /** Order lines; of what was not failed. */
  readonly lines?: number;
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
};
export type ImportContext = { readonly at: string; readonly contextOf: (orderId: string) => CommandContext };

/** Orders under way at the same time; the store groups what is written together into one flush. */
const AT_ONCE = 32;

/** One order of the upload as `PUT /v1/orders/{orderId}` would take it (`order`), or why it is none. */
type Candidate = { readonly orderId: string; readonly rows: readonly number[]; readonly order: unknown } | ImportResult;

@Injectable()
export class OrderImport implements OnModuleInit, OnApplicationShutdown {
  readonly #log = new Logger('Import');
  #spool: SpoolFolder | undefined;

  constructor(
    private readonly intake: OrderIntake,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.#spool = SpoolFolder.open(join(this.config.dataDir, 'imports'));
  }

  onApplicationShutdown(): void {
    this.#spool?.close();
  }

  /**
   * Results in no particular order, as the orders are done; the next ones start when somebody reads. Stopping to read
   * stops the import; sending the same file again finishes it, what is there already comes out as `unchanged`.
   * @throws UnreadableUploadError, UploadTooLargeError before the first result, with nothing imported
   */
  async *run(upload: Readable, kind: UploadKind, context: ImportContext): AsyncGenerator<ImportResult> {
    if (this.#spool === undefined) throw new Error('The service has not been started');
    const running = new Map<symbol, Promise<{ readonly id: symbol; readonly results: readonly ImportResult[] }>>();
    for await (const { orderId, records } of recordsByOrder(upload, kind, this.#spool.path)) {
      const id = Symbol(orderId);
      running.set(id, this.group(candidatesOf(records, kind), context).then((results) => ({ id, results })));
      if (running.size >= AT_ONCE) yield* await next(running);
    }
    while (running.size > 0) yield* await next(running);
  }

  /** One order may stand in an NDJSON file several times; the last one counts in the end, so they go one after another. */
  private async group(candidates: readonly Candidate[], context: ImportContext): Promise<readonly ImportResult[]> {
    const results: ImportResult[] = [];
    for (const candidate of candidates) results.push('status' in candidate ? candidate : await this.register(candidate, context));
    return results;
  }

  private async register({ orderId, rows, order }: Extract<Candidate, { order: unknown }>, { at, contextOf }: ImportContext): Promise<ImportResult> {
    try {
      const checked = readFields(ImportedOrderBody, order, 'body');
      if (!(checked instanceof ImportedOrderBody)) throw new Problem('validation_failed', 'A JSON object is expected.');
      const { events, replayed } = await this.intake.register(checked.orderId, checked, at, contextOf(checked.orderId));
      const isNew = events.some((event) => event.type === 'OrderRegistered');
      const status = events.length === 0 || replayed ? 'unchanged' : isNew ? 'registered' : 'amended';
      return { orderId, rows, status, lines: checked.lines.length };
    } catch (error) {
      return { orderId: orderId === '' ? null : orderId, rows, status: 'failed', ...this.refusal(error) };
    }
  }

  /** Never throws: one order's trouble must not end the others' stream. */
  private refusal(error: unknown): Pick<ImportResult, 'code' | 'detail' | 'errors'> {
    if (error instanceof Problem) return { code: error.code, detail: error.detail, ...(error.errors.length > 0 ? { errors: error.errors } : {}) };
    if (error instanceof DomainError) return { code: error.code, detail: error.message };
    if (error instanceof IdempotencyConflictError || error instanceof IdempotencyInProgressError) return { code: 'idempotency_conflict', detail: error.message };
    const fault = storeFaultOf(error);
    if (fault === undefined) this.#log.error('An order could not be imported', error instanceof Error ? error.stack : undefined);
    if (fault === undefined || fault instanceof UnknownOutcomeError) return { code: 'outcome_unknown', detail: 'It is not known to be written. Send the file again.' };
    return { code: 'store_unavailable', detail: 'It was not written. Send the file again.' };
  }
}

async function next(running: Map<symbol, Promise<{ readonly id: symbol; readonly results: readonly ImportResult[] }>>): Promise<readonly ImportResult[]> {
  const { id, results } = await Promise.race(running.values());
  running.delete(id);
  return results;
}

function candidatesOf(records: readonly UploadRecord[], kind: UploadKind): readonly Candidate[] {
  if (kind.mapping === null) return records.map(({ number, value }) => ({ orderId: nameOf(value), rows: [number], order: value }));
  return ordersFromRows(records.map(rowOf), kind.mapping, exponentOf).map((imported): Candidate => {
    const { orderId, rows } = imported;
    if ('body' in imported) return { orderId, rows, order: { orderId, ...imported.body } };
    return { orderId: orderId === '' ? null : orderId, rows, status: 'failed', code: 'validation_failed', detail: imported.errors.join('; ') };
  });
}

const nameOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'orderId' in value && typeof value.orderId === 'string' ? value.orderId.slice(0, 80) : '';

function exponentOf(currency: string): number | undefined {
  try {
    return minorDigits(currency);
  } catch {
    return undefined;
  }
}
