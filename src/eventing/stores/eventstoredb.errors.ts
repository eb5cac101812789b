/**
 * What an error of the EventStoreDB client means. Decided by class, `type` and gRPC `code`; message texts are looked
 * at only for the few server states that come without anything else to go by.
 */
import { ErrorType, isCommandError } from '@eventstore/db-client';
import pTimeout from 'p-timeout';
import { StoreUnavailableError } from '../event-store.js';

/** A call did not answer in time. The client itself would wait for ever. */
export class CallTimedOutError extends Error {
  override readonly name = 'CallTimedOutError';
}

/** The server ended a subscription without an error; to us that is a drop like any other. */
export class SubscriptionEndedError extends Error {
  override readonly name = 'SubscriptionEndedError';
}

/** An event in the log that this service cannot have written. */
export class ForeignEventError extends Error {
  override readonly name = 'ForeignEventError';
}

/**
 * `not-handled`: the server refused before doing anything, try later. `lost`: the connection or the answer was lost,
 * the work may have been done. `permanent`: trying again will not help. `unclear`: none of these for certain.
 */
export type Failure = 'not-handled' | 'lost' | 'permanent' | 'unclear';

const LOST_TYPES: ReadonlySet<ErrorType> = new Set([
  ErrorType.UNAVAILABLE,
  ErrorType.CANCELLED,
  ErrorType.TIMEOUT,
  ErrorType.DEADLINE_EXCEEDED,
]);

/** gRPC CANCELLED, DEADLINE_EXCEEDED, INTERNAL (a reset HTTP/2 stream), UNAVAILABLE. */
const LOST_CODES: ReadonlySet<number> = new Set([1, 4, 13, 14]);

/** gRPC INVALID_ARGUMENT, e.g. a position of another database. */
const INVALID_ARGUMENT = 3;

/** Transient server states which the client reports as unknown errors. */
const NOT_HANDLED_TEXTS = ['Server Is Not Ready', 'Server Is Busy', 'No leader info available'];

/** Plain error of the client when no node of a cluster answered; the request was never sent. */
const DISCOVERY_TEXT = /^Failed to discover after \d+ attempts/;

export function failureOf(error: unknown): Failure {
  if (error instanceof CallTimedOutError || error instanceof SubscriptionEndedError || error instanceof StoreUnavailableError)
    return 'lost';
  if (error instanceof ForeignEventError) return 'permanent';
  if (!(error instanceof Error)) return 'unclear';
  const code = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  if (!isCommandError(error)) {
    // The client asks for the server's features before its first request and does not convert errors of that call.
    if ((code !== undefined && LOST_CODES.has(code)) || DISCOVERY_TEXT.test(error.message)) return 'not-handled';
    return 'unclear';
  }
  const { type } = error;
  if (type === ErrorType.NOT_LEADER) return 'not-handled';
  if (LOST_TYPES.has(type)) return 'lost';
  if (type !== ErrorType.UNKNOWN) return 'permanent';
  if (NOT_HANDLED_TEXTS.some((text) => error.message.includes(text))) return 'not-handled';
  if (code === INVALID_ARGUMENT) return 'permanent';
  return code !== undefined && LOST_CODES.has(code) ? 'lost' : 'unclear';
}

/**
 * Whether a new client object is needed. For lost connections and a moved leader the client reconnects by itself (and
 * knows the leader's address); a silent call or a failed start is remembered by it for ever.
 */
export function needsNewClient(error: unknown): boolean {
  return !(error instanceof Error) || !isCommandError(error) || error.type === ErrorType.UNKNOWN;
}

/** For messages to people; the client's own are often empty. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || (isCommandError(error) ? String(error.type) : error.name);
}

/** Gives up waiting for `work` after `ms` milliseconds. @throws CallTimedOutError */
export function within<Result>(ms: number, what: string, work: Promise<Result>): Promise<Result> {
  const fallback = (): never => {
    throw new CallTimedOutError(`EventStoreDB did not answer in ${ms} ms: ${what}`);
  };
  return pTimeout(work, { milliseconds: ms, fallback });
}
