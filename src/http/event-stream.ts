/** One client following server-sent events: frames, keep-alive, back-pressure, and an end that everybody notices. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Actor, JsonObject, Position, RecordedEvent } from '../eventing/event-store.js';

/** Proxies close connections that are silent for a minute. */
const KEEP_ALIVE_MS = 15_000;
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
};

/** An event as a frame; `actor` without an id for those who may not know who it was. */
export function frameOf({ position, type, streamId, revision, metadata }: RecordedEvent, data: JsonObject, actor: Partial<Actor>): string {
  const body = { type, streamId, revision, occurredAt: metadata.occurredAt, actor, data };
  return `id: ${position}\nevent: ${type}\ndata: ${JSON.stringify(body)}\n\n`;
}

export class EventStream {
  readonly #response: ServerResponse;
  readonly #gone = new AbortController();
  readonly #keepAlive: NodeJS.Timeout;
  #reached: Position | undefined;
  /** Aborted when the client has left, the stream was ended or the service stops. */
  readonly signal: AbortSignal;

  /** Takes over the answer from Fastify and sends its head. */
  constructor(reply: FastifyReply, stopping: AbortSignal) {
    reply.hijack();
    this.#response = reply.raw;
    this.signal = AbortSignal.any([this.#gone.signal, stopping]);
    this.#response.on('close', () => this.#gone.abort());
    this.#response.writeHead(200, HEADERS).write('retry: 1000\n\n');
    this.#keepAlive = setInterval(() => this.#beat(), KEEP_ALIVE_MS);
    this.signal.addEventListener('abort', () => clearInterval(this.#keepAlive));
  }

  /** Waits while the client reads more slowly than we write: the log is then read more slowly too. */
  async write(frames: string): Promise<void> {
    if (frames === '' || this.signal.aborted || this.#response.write(frames)) return;
    await once(this.#response, 'drain', { signal: this.signal });
  }

  /** Everything up to here has been looked at, so a client may go on from here even where nothing was for it. */
  reached(position: Position): void {
    this.#reached = position;
  }

  /** Nothing more is sent. @param retryMs when the client may come back, where not soon */
  end(retryMs?: number): void {
    if (this.#response.writableEnded) return;
    this.#gone.abort();
    // Whoever does not read would not see the end either.
    if (this.#response.writableNeedDrain) this.#response.destroy();
    else this.#response.end(retryMs === undefined ? '' : `retry: ${retryMs}\n\n`);
  }

  #beat(): void {
    if (this.#response.writableNeedDrain) return;
    this.#response.write(this.#reached === undefined ? ': \n\n' : `: \nid: ${this.#reached}\n\n`);
  }
}
