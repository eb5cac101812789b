/** Decisions about a return, sent to the service. Each with the key of its wish and the revision that was looked at. */
import { answerAndHeadersOf, answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { ApiProblem } from '../../shared/api/problem';
import type { Action } from './actions';

export type SeenReturn = {
  readonly ret: Schemas['ReturnAnswer'];
  /** What a decision on it names in `If-Match`. */
  readonly etag: string;
};
export type Decision = {
  readonly action: Action;
  readonly returnId: string;
  /** Made when the person begins, kept while it is tried again. */
  readonly key: string;
  /** Without it the decision is taken whatever has happened since. */
  readonly etag: string | null;
  /** Why, in words or as a code. */
  readonly reason?: string;
  /** Code of a decline. */
  readonly code?: string;
};

/** @param asOf the return as it was known then */
export async function readReturn(returnId: string, asOf?: string): Promise<SeenReturn> {
  const { data, headers } = await answerAndHeadersOf(
    staffApi.GET('/v1/returns/{returnId}', { params: { path: { returnId }, query: asOf === undefined ? {} : { asOf } } }),
  );
  return { ret: data, etag: headers.get('etag') ?? '' };
}

/** @throws ApiProblem `revision_mismatch` when something has happened to the order since it was looked at */
export function decide({ action, returnId, key, etag, reason, code }: Decision): Promise<Schemas['ReturnAnswer']> {
  const params = { path: { returnId }, header: { 'Idempotency-Key': key, ...(etag === null ? {} : { 'If-Match': etag }) } };
  const why = reason === undefined || reason.trim() === '' ? {} : { reason: reason.trim() };
  switch (action) {
    case 'approve':
      return answerOf(staffApi.POST('/v1/returns/{returnId}/approve', { params, body: {} }));
    case 'decline':
      return answerOf(
        staffApi.POST('/v1/returns/{returnId}/decline', {
          params,
          body: { code: code ?? 'declined_by_staff', ...(why.reason === undefined ? {} : { note: why.reason }) },
        }),
      );
    case 'review':
      return answerOf(staffApi.POST('/v1/returns/{returnId}/review', { params, body: { code: code ?? 'sent_by_staff', ...why } }));
    case 'cancel':
      return answerOf(staffApi.POST('/v1/returns/{returnId}/cancel', { params, body: why }));
    case 'close':
      return answerOf(staffApi.POST('/v1/returns/{returnId}/close', { params, body: why }));
    case 'reopen':
      return answerOf(staffApi.POST('/v1/returns/{returnId}/reopen', { params, body: why }));
    case 'label':
      return answerOf(staffApi.POST('/v1/returns/{returnId}/labels', { params, body: {} }));
  }
}

const IN_DOUBT: ReadonlySet<string> = new Set(['offline', 'internal_error', 'outcome_unknown']);
/** Whether it may have been done all the same: no answer came, or one that says nothing about it, as of a proxy in front. */
export const isInDoubt = (error: unknown): boolean => error instanceof ApiProblem && IN_DOUBT.has(error.code);

/** The refusal in words that say what to do; other errors as they are. */
export function helpful(error: unknown): unknown {
  if (!(error instanceof ApiProblem)) return error;
  if (error.code === 'revision_mismatch') {
    return new ApiProblem(
      error.code,
      error.status,
      'This return, or its order, has changed since you opened it. Nothing was decided. Look at it as it is now, then decide.',
    );
  }
  if (isInDoubt(error)) {
    return new ApiProblem(
      error.code,
      error.status,
      `${error.code === 'offline' ? 'The service cannot be reached.' : 'The service could not say whether it was done.'} Try again: it will be done once, even if it was done just now.`,
    );
  }
  return error;
}
