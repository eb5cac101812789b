/** Registers a whole file of orders, many at a time, and tells what became of each one while it happens. */
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DomainError } from '../../eventing/decider.js';
import { UnknownOutcomeError } from '../../eventing/event-store.js';
import {
  IdempotencyConflictError,
  IdempotencyInProgressError,
  type CommandContext,
  type CommandSource,
} from '../../eventing/execute-command.js';
import { storeFaultOf } from '../../eventing/store-faults.js';
import { Problem, type FieldError } from '../../http/problem.js';
import { readFields } from '../../http/reading.js';
import { PolicyQueries } from '../../policy/policy.queries.js';
import { minorDigits } from '../../returns/rules/money/currency.js';
import { inWords } from '../../returns/words/amounts.js';
import type { Config } from '../../shared/config.js';
import { isObject } from '../../shared/objects.js';
import { SpoolFolder } from '../../shared/spool-folder.js';
import { CONFIG } from '../../shared/tokens.js';
import { RegisterOrder } from '../orders.commands.js';
import { ImportedOrderBody, type CustomerFate, type OrderBody } from '../orders.dto.js';
import { OrderQueries } from '../orders.queries.js';
import { REASON_COLUMN } from './columns.js';
import { ordersFromRows, type ImportTerms } from './order-import.js';
import { recordsByOrder, rowOfOrder, withSpool, type OrderRecord, type SpooledUpload, type UploadKind } from './order-upload.js';
import { StorageWait, type StorageNews } from './storage-wait.js';

/** What became of one order of the upload. `rows` count from 1, without the header. */
export type ImportResult = {
  readonly orderId: string | null;
  readonly rows: readonly number[];
  /** With `dryRun`: what would become of it. */
  readonly status: 'registered' | 'amended' | 'unchanged' | 'failed';
  readonly dryRun?: true;
  /** Order lines; of what was not failed. */
  readonly lines?: number;
  readonly customer?: CustomerFate;
  /** Sentences: nothing is wrong, but the file could have been read another way. */
  readonly notes?: readonly string[];
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Of what failed, to be mended and sent again: its rows as the file has them, by column, or the order as it was sent. */
  readonly refused?: readonly unknown[];
};
export type ImportContext = {
  readonly at: string;
  readonly idsAsWritten: boolean;
  /** Who gives the command for an order; `rows`: its rows as sent, however this release reads them. */
  readonly sourceOf: (orderId: string, rows: readonly unknown[]) => CommandSource;
  /** Check everything, write nothing. */
  readonly dryRun?: boolean;
};
/** What became of an order that was not refused. */
type Done = Pick<ImportResult, 'status' | 'lines' | 'customer'> & { readonly notes: readonly string[] };
/** About the file as a whole, known before the first result. */
export type ImportedFile = Pick<SpooledUpload, 'rows' | 'columns' | 'separator'>;

/** For who sends the file; what stands in the way is in the service's log. */
const WHY_NOT_WRITTEN = 'because the service could not write to its storage for ten minutes, or is stopping';

/** Orders under way at the same time; the store groups what is written together into one flush. */
const AT_ONCE = 32;

/** One order of the upload as `PUT /v1/orders/{orderId}` would take it (`order`), or why it is none. */
type Candidate = {
  readonly orderId: string;
  readonly rows: readonly number[];
  readonly notes: readonly string[];
  readonly refused: readonly unknown[];
} & ({ readonly order: unknown; readonly refundedMinor: number } | { readonly problems: readonly string[] });

@Injectable()
export class OrderImport implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  readonly #log = new Logger('Import');
  readonly #stopping = new AbortController();
  readonly #storage = new StorageWait((news) => this.#tell(news), this.#stopping.signal);
  #spool: SpoolFolder | undefined;

  constructor(
    private readonly commands: CommandBus,
    private readonly orders: OrderQueries,
    private readonly policies: PolicyQueries,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.#spool = SpoolFolder.open(join(this.config.dataDir, 'imports'));
  }

  /** Whoever still reads is told what was not written. */
  onModuleDestroy(): void {
    this.#stopping.abort();
  }

  onApplicationShutdown(): void {
    this.#spool?.close();
  }

  /**
   * Results in no particular order, as the orders are done; the next ones start when somebody reads. Stopping to read
   * stops the import; sending the same file again finishes it, what is there already comes out as `unchanged`.
   * @param onRead told about the file before the first result
   * @throws UnreadableUploadError, UploadTooLargeError before the first result, with nothing imported
   */
  async *run(
    upload: Readable,
    kind: UploadKind,
    context: ImportContext,
    onRead: (file: ImportedFile) => void = () => undefined,
  ): AsyncGenerator<ImportResult> {
    if (this.#spool === undefined) throw new Error('The service has not been started');
    const { timeZone, transitBufferDays } = (await this.policies.inForce()).document;
    const terms = { exponentOf, timeZone, transitDays: transitBufferDays };
    yield* withSpool(upload, kind, this.#spool.path, (spooled) => {
      onRead(spooled);
      return this.#results(spooled, terms, context);
    });
  }

  async *#results(spooled: SpooledUpload, terms: ImportTerms, context: ImportContext): AsyncGenerator<ImportResult> {
    const running = new Map<symbol, Promise<{ readonly id: symbol; readonly results: readonly ImportResult[] }>>();
    for await (const records of recordsByOrder(spooled)) {
      const id = Symbol('order');
      running.set(
        id,
        this.#group(candidatesOf(records, spooled, terms), context).then((results) => ({ id, results })),
      );
      if (running.size >= AT_ONCE) yield* await next(running);
    }
    while (running.size > 0) yield* await next(running);
  }

  /** One order may stand in an NDJSON file several times; the last one counts in the end, so they go one after another. */
  async #group(candidates: readonly Candidate[], context: ImportContext): Promise<readonly ImportResult[]> {
    const results: ImportResult[] = [];
    for (const candidate of candidates) results.push(await this.#result(candidate, context));
    return results;
  }

  async #result(candidate: Candidate, context: ImportContext): Promise<ImportResult> {
    const { orderId, rows, refused } = candidate;
    const dryRun = context.dryRun === true ? { dryRun: true as const } : {};
    try {
      if ('problems' in candidate) throw new Problem('validation_failed', candidate.problems.join('; '));
      const { notes, ...done } = await this.#register(candidate, context);
      return { orderId, rows, ...done, ...dryRun, ...(notes.length > 0 ? { notes } : {}) };
    } catch (error) {
      return { orderId: orderId === '' ? null : orderId, rows, status: 'failed', ...dryRun, ...this.#refusal(error), refused };
    }
  }

  async #register(
    candidate: Extract<Candidate, { order: unknown }>,
    { sourceOf, dryRun = false, idsAsWritten, at }: ImportContext,
  ): Promise<Done> {
    const checked = readFields(ImportedOrderBody, candidate.order, 'body');
    if (!(checked instanceof ImportedOrderBody)) throw new Problem('validation_failed', 'A JSON object is expected.');
    const { orderId } = checked;
    const source = sourceOf(orderId, candidate.refused);
    let known: CommandContext | undefined;
    // The same command each time: what was written and not confirmed is done.
    const from: CommandSource = { context: (streamId) => (known ??= source.context(streamId)) };
    return this.#storage.until(async (isAgain) => {
      const { order, notes } = await this.#lessRefunds(checked, candidate);
      const lines = order.lines.length;
      const said = { order, idsAsWritten };
      if (dryRun) return { status: await this.orders.foresee(orderId, said, at), lines, notes };
      const { events, replayed, customer } = await this.commands.execute(new RegisterOrder(orderId, said, from));
      const isNew = events.some((event) => event.type === 'OrderRegistered');
      const isUnchanged = events.length === 0 || (replayed && !isAgain);
      return { status: isUnchanged ? 'unchanged' : isNew ? 'registered' : 'amended', lines, customer, notes };
    });
  }

  /**
   * What the shop has given back by itself cannot come back once more, so it counts as not captured. Refunds made here stand
   * in the shop's file too when finance carries them out there: so much of its sum is known already.
   */
  async #lessRefunds(
    order: ImportedOrderBody,
    { refundedMinor, notes }: Extract<Candidate, { order: unknown }>,
  ): Promise<{ readonly order: OrderBody; readonly notes: readonly string[] }> {
    const elsewhereMinor = refundedMinor === 0 ? 0 : Math.max(0, refundedMinor - (await this.orders.refundedAsKnown(order.orderId)));
    if (elsewhereMinor === 0) return { order, notes };
    const payments = order.payments.map((payment) => ({ ...payment, capturedMinor: payment.capturedMinor - elsewhereMinor }));
    return {
      order: { ...order, payments },
      notes: [...notes, `${inWords(elsewhereMinor, order.currency)} was refunded by the shop; so much less can come back here`],
    };
  }

  /** Never throws: one order's trouble must not end the others' stream. */
  #refusal(error: unknown): Pick<ImportResult, 'code' | 'detail' | 'errors'> {
    if (error instanceof Problem)
      return { code: error.code, detail: error.detail, ...(error.errors.length > 0 ? { errors: error.errors } : {}) };
    if (error instanceof DomainError) return { code: error.code, detail: error.message };
    if (error instanceof IdempotencyConflictError || error instanceof IdempotencyInProgressError)
      return { code: 'idempotency_conflict', detail: error.message };
    const fault = storeFaultOf(error);
    if (fault === undefined) this.#log.error('An order could not be imported', error instanceof Error ? error.stack : undefined);
    if (fault === undefined || fault instanceof UnknownOutcomeError)
      return { code: 'outcome_unknown', detail: 'It is not known to be written. Send the file again.' };
    return { code: 'store_unavailable', detail: `It was not written, ${WHY_NOT_WRITTEN}. Send the file again.` };
  }

  #tell({ state, ...entry }: StorageNews): void {
    if (state === 'cannot_write') this.#log.warn({ event: 'import_cannot_write', ...entry });
    else this.#log.log({ event: 'import_goes_on' });
  }
}

async function next(
  running: Map<symbol, Promise<{ readonly id: symbol; readonly results: readonly ImportResult[] }>>,
): Promise<readonly ImportResult[]> {
  const { id, results } = await Promise.race(running.values());
  running.delete(id);
  return results;
}

function candidatesOf(
  records: readonly OrderRecord[],
  { mapping, columns, notes }: SpooledUpload,
  terms: ImportTerms,
): readonly Candidate[] {
  if (mapping === null)
    return records.map(({ number, value }) => ({
      orderId: nameOf(value),
      rows: [number],
      notes: [],
      refused: [value],
      order: withoutReason(value),
      refundedMinor: 0,
    }));
  const rows = records.map((record) => rowOfOrder(record, columns, mapping));
  const byNumber = new Map(rows.map((row) => [row.number, row.cells]));
  return ordersFromRows(rows, mapping, terms).map((imported): Candidate => {
    const { orderId } = imported;
    const known = {
      orderId,
      rows: imported.rows,
      notes: [...imported.notes, ...notes],
      refused: imported.rows.map((number) => byNumber.get(number)),
    };
    if ('errors' in imported) return { ...known, problems: imported.errors };
    return { ...known, order: { orderId, ...imported.body }, refundedMinor: imported.refundedMinor };
  });
}

const nameOf = (value: unknown): string => (isObject(value) && typeof value['orderId'] === 'string' ? value['orderId'].slice(0, 80) : '');

/** An order that was refused, sent again with the reason still on it. */
function withoutReason(value: unknown): unknown {
  if (!isObject(value) || !Object.hasOwn(value, REASON_COLUMN)) return value;
  const { [REASON_COLUMN]: _, ...order } = value;
  return order;
}

function exponentOf(currency: string): number | undefined {
  try {
    return minorDigits(currency);
  } catch {
    return undefined;
  }
}
