/** The answer of a command: its body, and where the write left the stream and the log, as headers. */
import type { Executed } from '../eventing/execute-command.js';

/** What of an executed command the headers tell. */
type Written = Pick<Executed<unknown, unknown>, 'revision' | 'position' | 'replayed'>;

export class Answer {
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    written: Written,
    readonly body: unknown,
    readonly status: number,
  ) {
    this.headers = {
      ...(written.revision < 0 ? {} : { etag: etagOf(written.revision) }),
      ...(written.position === null ? {} : { 'x-position': written.position }),
      ...(written.replayed ? { 'idempotency-replayed': 'true' } : {}),
    };
  }
}

/** `"<revision>"` */
export const etagOf = (revision: number): string => `"${revision}"`;

/**
 * What a command's controller method returns: `body` with status 200 (or `status`), `ETag`, `X-Position` and, for a
 * repeated command, `Idempotency-Replayed: true`.
 */
export function answered(executed: Written, body: unknown, options: { readonly status?: number } = {}): Answer {
  return new Answer(executed, body, options.status ?? 200);
}

/** What a reader of one stream returns: `body` with its `ETag`. */
export function readAt(revision: number, body: unknown): Answer {
  return new Answer({ revision, position: null, replayed: false }, body, 200);
}
