/** What a controller method returns: its body, and where a command left the stream and the log, as headers. */
import type { Executed } from '../eventing/execute-command.js';
import type { Language } from '../shared/language.js';

/** What of an executed command the headers tell. `revision` null: no stream answers, so there is no ETag. */
type Written = Pick<Executed<unknown, unknown>, 'position' | 'replayed'> & { readonly revision: number | null };

/**
 * Of a command: `ETag`, `X-Position` and, for a repeated one, `Idempotency-Replayed: true`; `Content-Language` and `Vary` for
 * a body with words in the reader's language. The status is the one the route documents, unless another is given.
 */
export class Answer {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    written: Written,
    readonly body: unknown,
    /** Of the words in the body; undefined where it has none for customers. */
    readonly language?: Language,
    readonly status?: number,
  ) {
    this.headers = {
      ...(written.revision === null ? {} : { etag: etagOf(written.revision) }),
      ...(written.position === null ? {} : { 'x-position': written.position }),
      ...(written.replayed ? { 'idempotency-replayed': 'true' } : {}),
      ...(language === undefined ? {} : { 'content-language': language }),
    };
  }
}

/** `"<revision>"`; `"-1"` of what holds before anything was written, such as the built-in policy. */
const etagOf = (revision: number): string => `"${revision}"`;

/** Of a read: `body` with its stream's `ETag`, without one where `revision` is null; `language` as above. */
export const readAt = (revision: number | null, body: unknown, language?: Language): Answer =>
  new Answer({ revision, position: null, replayed: false }, body, language);
