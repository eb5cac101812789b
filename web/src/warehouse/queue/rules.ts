/** What is sent next and what an answer means for what was sent. Pure: no clock, no chance, no storage. */
import { ApiProblem } from '../../shared/api/problem';
import type { QueuedCommand, StationCommand } from './commands';

/** What came back. `silent`: nothing, or something that is not this service's (a proxy's page, a login of the network). */
export type Reply =
  | { readonly kind: 'accepted'; readonly answer: unknown; readonly replayed: boolean }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      readonly detail: string;
      readonly retryAfterSeconds: number | null;
    }
  | { readonly kind: 'silent' };

/** What came back where a request has thrown this. */
export function replyIn(error: unknown): Reply {
  if (!(error instanceof ApiProblem) || error.status === 0) return { kind: 'silent' };
  const { status, code, message, retryAfterSeconds } = error;
  return { kind: 'refused', status, code, detail: message, retryAfterSeconds };
}

/**
 * - `done`: it may leave the queue
 * - `conflict`: sending it again cannot change the answer; a person must look at it
 * - `later`: the service takes nothing now; everything waits
 * - `later_here`: only this command is not taken now; others go on
 * - `sign_in`: a person must sign in before anything is taken
 * - `new_session`: this page's token is old; read the session again, then send again
 */
export type Verdict = 'done' | 'conflict' | 'later' | 'later_here' | 'sign_in' | 'new_session';

const SOON: ReadonlySet<number> = new Set([408, 425, 429]);

export function verdictOn(reply: Reply): Verdict {
  if (reply.kind === 'accepted') return 'done';
  if (reply.kind === 'silent') return 'later';
  const { status, code } = reply;
  if (code === 'csrf_token_missing') return 'new_session';
  // Another person may have signed in here; whoever may scan is asked for, and the scans are not to blame.
  if (code === 'unauthenticated' || code === 'forbidden') return 'sign_in';
  if (code === 'idempotency_in_progress') return 'later_here';
  // This service names every refusal; what comes without its code was said by something between here and there.
  if (code === 'internal_error') return status === 500 ? 'later_here' : 'later';
  if (status >= 500 || SOON.has(status)) return 'later';
  return 'conflict';
}

/** Commands of one lane are sent one after the other; lanes do not wait for each other. */
export function laneOf({ id, command }: QueuedCommand): string {
  switch (command.kind) {
    case 'found_parcel':
      return `parcel ${command.body.parcelId ?? id}`;
    case 'found_items':
      return `parcel ${command.parcelId}`;
    default:
      return `return ${command.returnId}`;
  }
}

/** May it be sent in this person's name? What somebody else made waits for them, so that the log names who did it. */
export const isOf = ({ by }: Pick<QueuedCommand, 'by'>, who: string): boolean => by === undefined || by === who;

/**
 * What may be sent now: of each free lane its oldest command, where that is of whoever is signed in. What another person
 * made holds up its lane: what comes after it may stand on it.
 *
 * A conflict does not stop its lane: what comes after it was done with the same goods, which still lie there. A receipt
 * that follows a refused inspection is as true as before, and the service itself refuses what no longer fits.
 * @param queue in the order in which clerks acted
 * @param taken lanes with a command under way or resting after a failure
 * @param who is signed in, as the log names them
 */
export function nextToSend(
  queue: readonly QueuedCommand[],
  taken: ReadonlySet<string>,
  atMost: number,
  who: string,
): readonly QueuedCommand[] {
  const seen = new Set(taken);
  const next: QueuedCommand[] = [];
  for (const queued of queue) {
    if (next.length >= atMost) break;
    const lane = laneOf(queued);
    if (!seen.has(lane) && isOf(queued, who)) next.push(queued);
    seen.add(lane);
  }
  return next;
}

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 15_000;

/**
 * Milliseconds until the next try. Half of it is left to chance, so that many stations do not come back in one instant.
 * @param failures in a row, from 1
 * @param chance from 0 to 1
 */
export function waitAfter(failures: number, chance: number, retryAfterSeconds: number | null): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10));
  const wait = longest / 2 + (longest / 2) * chance;
  return Math.max(wait, Math.min((retryAfterSeconds ?? 0) * 1000, LONGEST_WAIT_MS));
}

/**
 * Whether the service knows the command again by an id inside it, whoever sends it. The others it knows only by their
 * Idempotency-Key, which counts per person.
 */
export const isKnownAgainFromAnyone = ({ kind }: StationCommand): boolean =>
  kind === 'receipt' || kind === 'correction' || kind === 'mismatch' || kind === 'found_items';

/** Signed in as somebody who may scan. */
export const mayScan = (roles: readonly string[]): boolean => roles.includes('warehouse') || roles.includes('admin');
