/** What the service refused, in the customer's language. */
import { ApiProblem, codeOf } from '../shared/api/problem';
import type { Say } from './language';
import { en } from './words/en';

type Worded = keyof typeof en.problems;
const BUSY: ReadonlySet<string> = new Set(['too_busy', 'store_unavailable', 'view_behind', 'stopping', 'auth_unavailable']);
const isWorded = (code: string): code is Worded => Object.hasOwn(en.problems, code);

/** What happened and what to do. */
export function problemWords(error: unknown, say: Say): string {
  const code = BUSY.has(codeOf(error)) ? 'busy' : codeOf(error);
  return say(`problems.${isWorded(code) ? code : 'other'}`);
}

/** Refused for good: asking the same again would be refused again, and nothing has happened. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiProblem) || error.status < 400 || error.status >= 500) return false;
  return ![401, 403, 429].includes(error.status) && error.code !== 'idempotency_in_progress';
}
