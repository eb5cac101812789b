/** `backhaul verify` on a service that runs. */
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Body, Controller, Inject, Logger, Post, StreamableFile, type OnModuleDestroy } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { ContactsStore } from '../contacts/contacts.store.js';
import type { EventStore } from '../eventing/event-store.js';
import { Views } from '../eventing/views.js';
import { AnswersWith } from '../http/documentation.js';
import { Problem } from '../http/problem.js';
import { EmptyBody } from '../http/reading.js';
import { PhotoQueries } from '../photos/photos.queries.js';
import { EVENT_STORE } from '../shared/tokens.js';
import { referencesIn } from './references.js';
import { verify, type Verification } from './verify.js';

/** A line of the answer: how far it is, once a second, and at the end what was found or why nothing could be. */
export type VerificationLine =
  | { readonly progress: { readonly what: string; readonly events: number } }
  | { readonly result: Verification }
  | { readonly failed: string };

const TELL_EVERY_MS = 1000;
const UNDER_WAY = 'A verification is under way; wait until it has ended.';

@ApiTags('Operation')
@Allow('admin')
@Controller('v1/verifications')
export class VerificationController implements OnModuleDestroy {
  readonly #log = new Logger('Verification');
  readonly #stopping = new AbortController();
  #underWay = false;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly views: Views,
    private readonly contacts: ContactsStore,
    private readonly photos: PhotoQueries,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Check the log, the views and the money against each other',
    description:
      'Reads the whole log, looks up what it refers to and builds every view once more beside the one in use; requests go first. One at a time. It sends and pays nothing. The files themselves are checked by `backhaul verify` on the folder.',
  })
  @AnswersWith(['application/x-ndjson'], {
    description: '`{progress: {what, events}}` once a second, then `{result: {log, views, differences}}`, or `{failed}` in words',
  })
  verify(@Body() _nothing: EmptyBody): StreamableFile {
    if (this.#underWay) throw new Problem('invalid_state', UNDER_WAY);
    return new StreamableFile(Readable.from(this.#lines()), { type: 'application/x-ndjson; charset=utf-8' });
  }

  onModuleDestroy(): void {
    this.#stopping.abort();
  }

  async *#lines(): AsyncGenerator<string> {
    for await (const line of this.#steps()) yield `${JSON.stringify(line)}\n`;
  }

  async *#steps(): AsyncGenerator<VerificationLine> {
    // Two that were asked for in the same moment.
    if (this.#underWay) {
      yield { failed: UNDER_WAY };
      return;
    }
    const left = new AbortController();
    let progress: { readonly what: string; readonly events: number } | undefined;
    const signal = AbortSignal.any([left.signal, this.#stopping.signal]);
    this.#underWay = true;
    const ending = verify(this.store, this.views, {
      onProgress: (what, events) => (progress = { what, events }),
      signal,
      references: referencesIn(this.contacts, this.photos),
    })
      .then((result): VerificationLine => ({ result }))
      .catch((error: unknown): VerificationLine => {
        if (!signal.aborted) this.#log.error(error);
        return { failed: error instanceof Error ? error.message : String(error) };
      })
      .finally(() => (this.#underWay = false));
    try {
      for (;;) {
        const line = await Promise.race([ending, delay(TELL_EVERY_MS, undefined, { ref: false })]);
        if (line !== undefined) {
          yield line;
          return;
        }
        if (progress !== undefined) yield { progress };
      }
    } finally {
      // Whoever asked has gone: what has not begun yet is left.
      left.abort();
    }
  }
}
