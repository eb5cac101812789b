/** What the service refused, or that it could not be asked (RFC 9457). */
import type { components } from './schema';

type ProblemBody = components['schemas']['ProblemBody'];

export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** Stable; `offline` when no answer came, so that nothing is known about what happened to the request. */
  readonly code: string;
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  readonly errors: NonNullable<ProblemBody['errors']>;
  /** How long to wait before asking again, where the service said. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: string,
    status: number,
    detail: string,
    errors: NonNullable<ProblemBody['errors']> = [],
    retryAfterSeconds: number | null = null,
  ) {
    super(detail);
    this.code = code;
    this.status = status;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The code of what went wrong; `other` for a fault of the page itself. */
export const codeOf = (error: unknown): string => (error instanceof ApiProblem ? error.code : 'other');

const isProblem = (body: unknown): body is ProblemBody => typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;

/** The refusal in an answer that is not ok. */
export function problemIn(body: unknown, response: Response): ApiProblem {
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  const wait = Number.isFinite(after) ? after : null;
  if (!isProblem(body)) return new ApiProblem('internal_error', response.status, `The service answered ${response.status}.`, [], wait);
  return new ApiProblem(body.code, response.status, body.detail, body.errors ?? [], wait);
}
