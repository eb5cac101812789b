/** What admins see of views and processes, and how they have a view built anew while the service runs. */
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { Processes } from '../eventing/process-runner.js';
import { VIEW_STATES, type ViewStatus } from '../eventing/projection.js';
import { Views } from '../eventing/views.js';
import { picked } from './declared.js';
import { Answers } from './documentation.js';
import { Id, ListOf, Measure, OneOf, Text, Whole } from './fields.js';
import { notFound, Problem } from './problem.js';
import { EmptyBody } from './reading.js';

/** Error messages are for the admin's eyes; longer ones are cut. */
const LONGEST_MESSAGE = 2000;

class ViewPath {
  @Id({ description: 'Name of the view', example: 'returns-board' }) readonly name!: string;
}

export class ViewStateAnswer {
  @Text() name!: string;
  @Whole() version!: number;
  @OneOf(VIEW_STATES, {
    description:
      'While it is `rebuilding`, the build before it answers. `cannot_write`: storage stands in the way, it goes on by itself. `failed`: it has stopped at an event it cannot take',
  })
  state!: string;
  @Measure({ description: 'Seconds since the view last agreed with the log' }) lagSeconds!: number;
  @Whole({ description: 'Events of the log that concerned it' }) eventsApplied!: number;
  @Text({ description: 'Position of the log it has reached, or `start`' }) position!: string;
  @Measure({ nullable: true, description: 'While it is built for the first time or rebuilt: share of the log seen, 0 to 1' }) progress!:
    number | null;
  @Text({ nullable: true, max: LONGEST_MESSAGE, description: 'Why it stopped' }) error!: string | null;
  @Text({ nullable: true, max: LONGEST_MESSAGE, description: 'Why the last rebuild broke off; the build before it stays in use' })
  rebuildError!: string | null;
}

export class ProcessStateAnswer {
  @Text() name!: string;
  @OneOf(['waiting', 'running', 'stopped']) state!: string;
  @Whole({ description: 'Still to be done, some of it later' }) pending!: number;
  @Whole({ description: 'To be done now' }) due!: number;
  @Whole({ description: 'Being done' }) inFlight!: number;
  @Whole({ description: 'Whose last attempt failed' }) failing!: number;
  @Measure({ description: 'Of what is due longest' }) oldestDueSeconds!: number;
  @Text({ nullable: true, max: LONGEST_MESSAGE, description: 'Of the latest failed attempt that has not been made good' }) lastError!:
    string | null;
}

export class ViewsAnswer {
  @ListOf(() => ViewStateAnswer) views!: ViewStateAnswer[];
  @ListOf(() => ProcessStateAnswer) processes!: ProcessStateAnswer[];
}

@ApiTags('Operation')
@Allow('admin')
@Controller('v1/views')
export class ViewsController {
  constructor(
    private readonly views: Views,
    private readonly processes: Processes,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Every view and every process, and how it stands' })
  @Answers(ViewsAnswer)
  async list(): Promise<ViewsAnswer> {
    const processes = await this.processes.status();
    return {
      views: this.views.status().map(viewBody),
      processes: processes.map(({ lastError, ...told }) => ({ ...told, lastError: cut(lastError) })),
    };
  }

  @Post(':name/rebuild')
  @ApiOperation({
    summary: 'Build a view anew from the log',
    description:
      'Beside the present build, which goes on answering until the new one has caught up. Asking again while it is under way changes nothing. See `GET /v1/views` for how far it is.',
  })
  @Answers(ViewStateAnswer, { status: 202 })
  async rebuild(@Param() { name }: ViewPath, @Body() _nothing: EmptyBody): Promise<ViewStateAnswer> {
    this.#status(name);
    if (!this.views.runs)
      throw new Problem(
        'invalid_state',
        'This process only answers requests (ROLE=api). Send it to the one that runs the views (ROLE=worker), at its own port.',
      );
    await this.views.startRebuild(name);
    return viewBody(this.#status(name));
  }

  /** @throws Problem not_found */
  #status(name: string): ViewStatus {
    const status = this.views.status().find((each) => each.name === name);
    if (status === undefined) throw notFound();
    return status;
  }
}

const viewBody = (status: ViewStatus): ViewStateAnswer =>
  picked(ViewStateAnswer)({ ...status, error: cut(status.error), rebuildError: cut(status.rebuildError) });
const cut = (message: string | null): string | null => (message === null ? null : message.slice(0, LONGEST_MESSAGE));
