/**
 * Every refusal the API gives: `application/problem+json` (RFC 9457) with a stable `code`. The table is the API's
 * contract: a code keeps its status for ever.
 */
import { ApiProperty } from '@nestjs/swagger';

type Definition = { readonly status: number; readonly title: string };

export const PROBLEMS = {
  // The request itself
  validation_failed: { status: 400, title: 'The request is not as documented' },
  bad_signature: { status: 400, title: 'The signature does not fit the body' },
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  unauthenticated: { status: 401, title: 'Credentials are missing or not valid' },
  code_not_valid: { status: 401, title: 'This code does not open this order' },
  forbidden: { status: 403, title: 'These credentials do not allow this' },
  csrf_token_missing: { status: 403, title: 'This request did not come from a page of this service' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'This address does not take this method' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'This content type is not taken here' },
  rate_limited: { status: 429, title: 'Too many requests' },
  // Repeating and racing
  idempotency_conflict: { status: 422, title: 'The idempotency key was used with another request' },
  idempotency_in_progress: { status: 409, title: 'The first request with this idempotency key is still running' },
  revision_mismatch: { status: 412, title: 'It has changed since it was read' },
  // Rules of the domain: 409 where the present state forbids it, 422 where the request can never be right
  invalid_state: { status: 409, title: 'Not possible in the present state' },
  quantity_not_returnable: { status: 409, title: 'More than can still be returned' },
  not_returnable: { status: 409, title: 'Nothing that can be sent back' },
  already_returned: { status: 409, title: 'Already returned' },
  over_refund: { status: 409, title: 'More than may still be refunded' },
  payment_in_doubt: { status: 409, title: 'A payout of this payment is in doubt' },
  label_not_ready: { status: 409, title: 'The label is still being bought' },
  window_closed: { status: 409, title: 'The time for returning it is over' },
  final_sale: { status: 409, title: 'Sold without the right to return' },
  reason_not_a_leaf: { status: 422, title: 'The reason is not one that can be chosen' },
  note_required: { status: 422, title: 'This reason needs a note' },
  method_not_offered: { status: 422, title: 'This way of returning is not offered' },
  outcome_not_offered: { status: 422, title: 'This outcome is not offered' },
  unknown_photo: { status: 422, title: 'The order has no such photo' },
  photo_unreadable: { status: 422, title: 'The photo cannot be read' },
  too_many_photos: { status: 409, title: 'The order has as many photos as it may have' },
  unknown_line: { status: 422, title: 'The order has no such line' },
  append_too_large: { status: 413, title: 'The request would write too much at once' },
  // This service
  view_behind: { status: 503, title: 'The view has not caught up yet' },
  too_busy: { status: 503, title: 'Too many at the same time' },
  store_unavailable: { status: 503, title: 'What the service keeps cannot be reached just now' },
  outcome_unknown: { status: 503, title: 'It is not known whether this was written' },
  stopping: { status: 503, title: 'The service is stopping' },
  provider_unavailable: { status: 503, title: 'The payment provider cannot be reached' },
  carrier_unavailable: { status: 503, title: 'The carrier cannot be reached' },
  auth_unavailable: { status: 503, title: 'The identity provider cannot be reached' },
  not_acceptable: { status: 406, title: 'Not available in this form' },
  internal_error: { status: 500, title: 'Something went wrong here' },
} as const satisfies Readonly<Record<string, Definition>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One fault in a request. `pointer` is a JSON pointer into the body, or `/name` of a query, path or header field. */
export type FieldError = { readonly pointer: string; readonly detail: string; readonly in?: 'body' | 'query' | 'path' | 'header' };

type ProblemOptions = {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Facts for programs, e.g. how many units are left. */
  readonly details?: Readonly<Record<string, unknown>>;
};

/** The same words for everything that is not there, or not theirs: what does not exist cannot be told from what is hidden. */
const NOTHING_THERE = 'There is nothing here, or it is not yours to see.';

/** Throw it anywhere under a controller. `detail` is for people and holds no personal data; of `not_found` it is always the same. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail);
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
    this.details = code === 'not_found' ? undefined : options.details;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  body(): ProblemBody {
    return problemBody(this.code, PROBLEMS[this.code], this.code === 'not_found' ? NOTHING_THERE : this.detail, this.errors, this.details);
  }
}

/** One field of the request is not as documented: `detail` says of it what is wrong, `words` tell the whole. */
export const fieldRefused = (place: NonNullable<FieldError['in']>, pointer: string, detail: string, words: string): Problem =>
  new Problem('validation_failed', words, { errors: [{ pointer, detail, in: place }] });

/** Nothing there, or nothing this principal may see. */
export const notFound = (): Problem => new Problem('not_found', NOTHING_THERE);

/** `code` may also be one that a rule made up after this table was written; it is then answered with 409. */
export function problemBody(
  code: string,
  definition: Definition,
  detail: string,
  errors: readonly FieldError[] = [],
  details?: Readonly<Record<string, unknown>>,
): ProblemBody {
  return {
    type: `urn:backhaul:problem:${code}`,
    title: definition.title,
    status: definition.status,
    detail,
    code,
    ...(errors.length === 0 ? {} : { errors }),
    ...(details === undefined || Object.keys(details).length === 0 ? {} : { details }),
  };
}

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

export class FieldErrorBody {
  @ApiProperty({ description: 'JSON pointer into the body, or `/name` of a query, path or header field', example: '/lines/0/quantity' })
  readonly pointer!: string;
  @ApiProperty({ example: 'must be a whole number from 1 to 100000' })
  readonly detail!: string;
  @ApiProperty({ required: false, enum: ['body', 'query', 'path', 'header'] })
  readonly in?: 'body' | 'query' | 'path' | 'header';
}

/** RFC 9457, with `code`, `errors` and `details` as extension members. */
export class ProblemBody {
  @ApiProperty({ example: 'urn:backhaul:problem:validation_failed' })
  readonly type!: string;
  @ApiProperty({ example: 'The request is not as documented' })
  readonly title!: string;
  @ApiProperty({ type: 'integer', example: 400 })
  readonly status!: number;
  @ApiProperty({ example: 'Some fields are not as documented.' })
  readonly detail!: string;
  @ApiProperty({ description: 'Stable; branch on this one', example: 'validation_failed' })
  readonly code!: string;
  @ApiProperty({ required: false, type: () => FieldErrorBody, isArray: true })
  readonly errors?: readonly FieldError[];
  @ApiProperty({ required: false, type: Object, additionalProperties: true, description: 'Facts for programs' })
  readonly details?: Readonly<Record<string, unknown>>;
}
