/** Whatever is thrown under a route, as a problem: known refusals with their code, everything else as 500 without details. */
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { DomainError } from '../eventing/decider.js';
import {
  AppendTooLargeError,
  OverlappingAppendError,
  StoreUnavailableError,
  UnknownOutcomeError,
  WrongRevisionError,
} from '../eventing/event-store.js';
import { IdempotencyConflictError, IdempotencyInProgressError, RevisionMismatchError } from '../eventing/execute-command.js';
import { storeFaultOf } from '../eventing/store-faults.js';
import { ViewBehindError } from '../eventing/views.js';
import { percent } from './health.js';
import { isProblemCode, notFound, Problem, problemBody, PROBLEMS, type FieldError, type ProblemBody, type ProblemCode } from './problem.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

type RefusalAnswer = { readonly body: ProblemBody; readonly headers: Readonly<Record<string, string>> };
const SOON = { 'retry-after': '1' };
/** The same fault of the disk meets every request; it is logged once in so many milliseconds. */
const TELL_FAULT_EVERY_MS = 10_000;

@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log = new Logger('Http');
  readonly #faultsToldAt = new LRUCache<string, true>({ max: 100, ttl: TELL_FAULT_EVERY_MS });

  constructor(private readonly methodsAt: (path: string) => readonly string[]) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const nothing = error instanceof HttpException && error.getStatus() === 404;
    const { body, headers } = nothing ? this.#nothingAt(request) : refusalOf(error);
    if (body.status >= 500 && body.code === PROBLEM_OF_BUGS)
      this.#log.error(`${request.method} ${request.routeOptions?.url ?? '?'} failed`, error instanceof Error ? error.stack : undefined);
    this.#tellFault(error);
    if (reply.sent) return;
    void reply.code(body.status).headers(headers).type(PROBLEM_TYPE).send(body);
  }

  /** The client reads that it may come again; which file and what to do is for the operator. */
  #tellFault(error: unknown): void {
    const words = storeFaultOf(error)?.message;
    if (words === undefined || this.#faultsToldAt.has(words)) return;
    this.#faultsToldAt.set(words, true);
    this.#log.warn(words);
  }

  /** An address that takes other methods is there, only not for this one. */
  #nothingAt(request: FastifyRequest): RefusalAnswer {
    const methods = this.methodsAt(request.url.split('?', 1)[0] ?? '');
    if (methods.length === 0 || methods.includes(request.method)) return { body: notFound().body(), headers: {} };
    return refusal('method_not_allowed', `Only ${methods.join(', ')} here.`, { allow: methods.join(', ') });
  }
}

/** What a thrown error is to the client. */
export function refusalOf(thrown: unknown): RefusalAnswer {
  if (thrown instanceof Problem) return { body: thrown.body(), headers: thrown.headers };
  if (thrown instanceof DomainError) return domainRefusal(thrown);
  const error = storeFaultOf(thrown) ?? thrown;
  const known = KNOWN.find(({ of }) => error instanceof of);
  return known === undefined ? transportRefusal(error) : refusal(known.code, known.says(error), known.headers);
}

const PROBLEM_OF_BUGS: ProblemCode = 'internal_error';

const refusal = (code: ProblemCode, detail: string, headers: Readonly<Record<string, string>> = {}): RefusalAnswer => ({
  body: new Problem(code, detail).body(),
  headers,
});

function domainRefusal(error: DomainError): RefusalAnswer {
  const { pointer, ...details } = error.details;
  const errors: readonly FieldError[] = typeof pointer === 'string' ? [{ pointer, detail: error.message, in: 'body' }] : [];
  if (isProblemCode(error.code)) return { body: new Problem(error.code, error.message, { errors, details }).body(), headers: {} };
  return {
    body: problemBody(error.code, { status: 409, title: PROBLEMS.invalid_state.title }, error.message, errors, details),
    headers: {},
  };
}

type Known = {
  readonly of: new (...parameters: never[]) => Error;
  readonly code: ProblemCode;
  readonly says: (error: unknown) => string;
  readonly headers?: Readonly<Record<string, string>>;
};
const itsMessage = (error: unknown): string => (error instanceof Error ? error.message : '');

const KNOWN: readonly Known[] = [
  { of: IdempotencyConflictError, code: 'idempotency_conflict', says: itsMessage },
  { of: IdempotencyInProgressError, code: 'idempotency_in_progress', says: itsMessage, headers: SOON },
  { of: RevisionMismatchError, code: 'revision_mismatch', says: itsMessage },
  { of: AppendTooLargeError, code: 'append_too_large', says: itsMessage },
  { of: WrongRevisionError, code: 'too_busy', says: () => 'Others kept writing to the same order. Send the request again.', headers: SOON },
  {
    of: ViewBehindError,
    code: 'view_behind',
    says: (error) =>
      error instanceof ViewBehindError && error.progress !== null
        ? `This view is being built from the log (${percent(error.progress)} done) and answers when it is complete. Ask again in a moment.`
        : 'What you have written is safe, but this view does not show it yet. Ask again in a moment.',
    headers: SOON,
  },
  { of: OverlappingAppendError, code: 'idempotency_conflict', says: itsMessage },
  { of: StoreUnavailableError, code: 'store_unavailable', says: () => 'Nothing was written. Send the request again.', headers: SOON },
  {
    of: UnknownOutcomeError,
    code: 'outcome_unknown',
    says: () => 'Send the request again with the same Idempotency-Key: it is then done once, whatever happened.',
    headers: SOON,
  },
];

/** What Fastify and Nest refuse by themselves, before a controller is reached. */
const BY_STATUS: Readonly<Record<number, readonly [ProblemCode, string]>> = {
  400: ['malformed_json', 'The request cannot be read.'],
  406: ['not_acceptable', 'Not available in this form.'],
  413: ['payload_too_large', 'The body is larger than this address takes.'],
  414: ['validation_failed', 'The address is too long.'],
  415: ['unsupported_media_type', 'Send application/json, unless the address is documented to take something else.'],
  431: ['validation_failed', 'The headers are too large.'],
};

function transportRefusal(error: unknown): RefusalAnswer {
  const status =
    error instanceof HttpException ? error.getStatus() : error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (error instanceof Error && 'code' in error && error.code === 'FST_ERR_BAD_URL')
    return refusal('validation_failed', 'The address cannot be decoded.');
  const known = BY_STATUS[status];
  if (known !== undefined) return refusal(known[0], known[1]);
  if (status >= 400 && status < 500) return refusal('validation_failed', 'The request cannot be read.');
  return status === 503
    ? refusal('stopping', 'Try another instance, or again in a moment.', SOON)
    : refusal(PROBLEM_OF_BUGS, 'The error has been logged.');
}
