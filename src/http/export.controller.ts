/** The whole log as a file, from a service that runs. */
import { Readable } from 'node:stream';
import { Controller, Get, Inject, Query, StreamableFile, type OnModuleDestroy } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import type { EventStore } from '../eventing/event-store.js';
import { exportedLog } from '../eventing/exported-log.js';
import { EVENT_STORE } from '../shared/tokens.js';
import { AnswersWith } from './documentation.js';
import { Text } from './fields.js';

class ExportQuery {
  @Text({ optional: true, max: 200, description: 'Only this stream', example: 'returns-A-1001' }) readonly stream?: string;
}

@ApiTags('Operation')
@Allow('admin')
@Controller('v1/export')
export class ExportController implements OnModuleDestroy {
  readonly #stopping = new AbortController();

  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  @Get()
  @ApiOperation({
    summary: 'Every event as NDJSON, in log order',
    description:
      'Up to where the log stands when it is asked. The log holds no personal data, so neither does the file. A connection that breaks off has not sent everything.',
  })
  @AnswersWith(['application/x-ndjson'], {
    description: 'An event a line, with its digest; `{fault: {streamId, revision, words}}` for what is not as it was written',
  })
  export(@Query() { stream }: ExportQuery): StreamableFile {
    return new StreamableFile(Readable.from(this.#lines(stream)), { type: 'application/x-ndjson; charset=utf-8' });
  }

  onModuleDestroy(): void {
    this.#stopping.abort();
  }

  async *#lines(stream: string | undefined): AsyncGenerator<string> {
    const options = { ...(stream === undefined ? {} : { streamId: stream }), signal: this.#stopping.signal };
    for await (const exported of exportedLog(this.store, options)) yield `${JSON.stringify(exported)}\n`;
  }
}
