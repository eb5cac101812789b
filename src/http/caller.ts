/**
 * What a request says about the command it carries: who calls, when, under which idempotency key, and on what it
 * builds. `@Caller() caller: Caller` in a controller method.
 */
import { randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { principalOf, type Principal } from '../access/access.js';
import { hashCommand } from '../eventing/command-identity.js';
import type { Actor, Position } from '../eventing/event-store.js';
import { deriveCommandId, type CommandContext } from '../eventing/execute-command.js';
import { languageOf, type Language } from '../shared/language.js';
import { fieldRefused, type Problem } from './problem.js';
import { TOKEN } from './texts.js';

class CallerOfRequest {
  readonly principal: Principal;
  readonly actor: Actor;
  /** In which words for customers are wanted (`Accept-Language`). */
  readonly language: Language;
  /** ISO 8601 UTC; the same for everything the request causes. */
  readonly at: string;
  /** Revision the client has seen (`If-Match`); -1: nothing had been written. */
  readonly ifMatch: number | undefined;
  /** Position a view must have reached before it answers (`X-Min-Position`). */
  readonly minPosition: Position | undefined;
  readonly #idempotencyKey: string | undefined;
  readonly #correlationId: string | undefined;

  /** @throws Problem validation_failed for headers that are not as documented */
  constructor(private readonly request: FastifyRequest) {
    const { headers } = request;
    this.principal = principalOf(request);
    this.actor = { kind: this.principal.kind, id: this.principal.id, channel: this.principal.kind === 'customer' ? 'portal' : 'api' };
    this.language = languageOf(headers['accept-language']);
    this.at = request.admittedAt ?? new Date().toISOString();
    this.ifMatch = revisionIn(headers['if-match']);
    this.minPosition = positionIn(headers['x-min-position']);
    this.#idempotencyKey = keyIn(headers['idempotency-key']);
    const correlation = headers['x-correlation-id'];
    this.#correlationId = typeof correlation === 'string' && correlation.length <= 100 && TOKEN.test(correlation) ? correlation : undefined;
  }

  /**
   * The context of one command.
   * @param scope the stream it goes to: keys are per principal and stream, so the same key on two orders is two commands
   * @param part what of the body the command is about, where the request carries many
   */
  context(scope: string, part: unknown = this.request.body): CommandContext {
    const commandId =
      this.#idempotencyKey === undefined ? randomUUID() : deriveCommandId(this.principal.id, `${scope} ${this.#idempotencyKey}`);
    const payloadHash = this.#idempotencyKey === undefined ? undefined : hashOf(this.request, part);
    return {
      commandId,
      correlationId: this.#correlationId ?? commandId,
      causationId: commandId,
      actor: this.actor,
      occurredAt: this.at,
      ...(payloadHash === undefined ? {} : { payloadHash }),
      ...(this.ifMatch === undefined ? {} : { expectedRevision: this.ifMatch }),
    };
  }
}

/** {@link CallerOfRequest} */
export type Caller = CallerOfRequest;
/** Who calls, and the headers they sent, checked: `@Caller() caller: Caller`. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => new CallerOfRequest(context.switchToHttp().getRequest<FastifyRequest>()),
);

/**
 * Of what was asked, as sent: facts the service looks up, and what it makes of them, may differ when the same request
 * comes again. Undefined for an upload as a whole.
 */
function hashOf({ method, url }: FastifyRequest, body: unknown): string | undefined {
  const isStream = typeof body === 'object' && body !== null && 'pipe' in body;
  return isStream ? undefined : hashCommand({ method, url, body });
}

type Header = string | readonly string[] | undefined;

const refused = (name: string, detail: string): Problem => fieldRefused('header', `/${name}`, detail, `The header ${name} ${detail}.`);

/** The draft says a quoted string; the bare form is what most clients send. */
function keyIn(header: Header): string | undefined {
  if (header === undefined) return undefined;
  const key = typeof header === 'string' ? (/^"(.*)"$/.exec(header)?.[1] ?? header) : '';
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) throw refused('Idempotency-Key', 'must be 1 to 255 visible characters');
  return key;
}

function revisionIn(header: Header): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const digits = typeof header === 'string' ? /^"?(-1|\d{1,15})"?$/.exec(header)?.[1] : undefined;
  if (digits === undefined) throw refused('If-Match', 'must be an ETag this service has given, like "3"');
  return Number(digits);
}

/** For routes without a command. @throws Problem validation_failed */
export const idempotencyKeyOf = (request: FastifyRequest): string | undefined => keyIn(request.headers['idempotency-key']);

/** As the stores make them: one number of fixed width, or two. */
const isPosition = (text: unknown): text is Position => typeof text === 'string' && /^(\d{16}|\d{20}\/\d{20})$/.test(text);

/** Also used for `Last-Event-ID`. */
export function positionIn(header: Header, name = 'X-Min-Position'): Position | undefined {
  if (header === undefined) return undefined;
  if (!isPosition(header)) throw refused(name, 'must be a position this service has given');
  return header;
}
