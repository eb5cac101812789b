/** The answer of a command: its body, and where the write left the stream and the log, as headers. */
import type { Executed } from '../eventing/execute-command.js';
import type { Language } from '../shared/language.js';

/** What of an executed command the headers tell. `revision` null: no stream answers, so there is no ETag. */
type Written = Pick<Executed<unknown, unknown>, 'position' | 'replayed'> & { readonly revision: number | null };

export class Answer {
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    written: Written,
    readonly body: unknown,
    readonly status: number,
    /** Of the words in the body; undefined where it has none for customers. */
    readonly language?: Language,
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

/**
 * What a command's controller method returns: `body` with status 200 (or `status`), `ETag`, `X-Position` and, for a
 * repeated command, `Idempotency-Replayed: true`; `Content-Language` and `Vary` for a body with words in the reader's language.
 */
export function answered(
  executed: Written,
  body: unknown,
  { status = 200, language }: { readonly status?: number; readonly language?: Language } = {},
): Answer {
  return new Answer(executed, body, status, language);
}

/** What a reader of one stream returns: `body` with its `ETag`, without one where `revision` is null; `language` as above. */
export function readAt(revision: number | null, body: unknown, language?: Language): Answer {
  return new Answer({ revision, position: null, replayed: false }, body, 200, language);
}
