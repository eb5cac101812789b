/** Reading and publishing the return policy, and its versions. */
import { Body, Controller, Get, Param, Post, Put, type StreamableFile } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { Answer, readAt } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { AsCsv, csvAnswer } from '../http/csv.js';
import { fieldNames, picked } from '../http/declared.js';
import { Answers } from '../http/documentation.js';
import { notFound } from '../http/problem.js';
import { EmptyBody } from '../http/reading.js';
import { ChangePolicy } from './policy.commands.js';
import { PolicyAnswer, PolicyBody, PolicyVersionAnswer, PolicyVersionPath, PolicyVersionsAnswer, PutPolicyBody } from './policy.dto.js';
import { presentDocument, presentPolicy } from './policy.presentation.js';
import { POLICY_ID, policyInForce, PolicyQueries } from './policy.queries.js';
import { completePolicy, DEFAULT_POLICY, type PolicyInput } from './rules/policy.defaults.js';

@ApiTags('policy')
@Controller('v1/policy')
export class PolicyController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: PolicyQueries,
  ) {}

  @Get()
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({ summary: 'The policy in force' })
  @Answers(PolicyAnswer)
  async current(): Promise<Answer> {
    const { state, revision } = await this.queries.folded();
    return readAt(revision, presentPolicy(policyInForce(state)));
  }

  @Put()
  @Allow('admin')
  @ApiOperation({
    summary: 'Publish a new version of the policy',
    description: 'Every field left out has its default. Returns already filed keep their terms. The same document again publishes nothing.',
  })
  @Answers(PolicyAnswer)
  publish(@Body() body: PutPolicyBody, @Caller() caller: Caller): Promise<Answer> {
    return this.#run(new ChangePolicy({ type: 'PublishPolicy', document: completePolicy(saidIn(body)) }, caller));
  }

  @Post('check')
  @Allow('admin')
  @ApiOperation({
    summary: 'What publishing a document would give',
    description: 'Publishes nothing: the whole document with its defaults, or what is wrong with it.',
  })
  @Answers(PolicyBody)
  check(@Body() body: PutPolicyBody): PolicyBody {
    return presentDocument(completePolicy(saidIn(body)));
  }

  @Get('versions')
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({ summary: 'All versions of the policy (JSON or CSV)' })
  @Answers(PolicyVersionsAnswer, { csv: true })
  async versions(@AsCsv() asCsv: boolean): Promise<Answer | StreamableFile> {
    const { state, revision } = await this.queries.folded();
    const inForce = policyInForce(state).version;
    const items = [{ version: 0, publishedAt: null, retiredAt: null }, ...state.versions]
      .map((each) => picked(PolicyVersionAnswer)({ ...each, inForce: each.version === inForce }))
      .reverse();
    return asCsv ? csvAnswer(fieldNames(PolicyVersionAnswer), items, 'policy-versions') : readAt(revision, { items });
  }

  @Get('versions/:version')
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({ summary: 'One version of the policy' })
  @Answers(PolicyAnswer)
  async version(@Param() path: PolicyVersionPath): Promise<Answer> {
    const { state, revision } = await this.queries.folded();
    const version = Number(path.version);
    const published = state.versions.find((each) => each.version === version);
    if (published === undefined && version !== 0) throw notFound();
    const { document, publishedAt } = published ?? { document: DEFAULT_POLICY, publishedAt: null };
    return readAt(revision, presentPolicy({ policyId: POLICY_ID, version, publishedAt, document }));
  }

  @Post('versions/:version/retire')
  @Allow('admin')
  @ApiOperation({ summary: 'Withdraw a version', description: 'The one before it applies again to returns filed from now on.' })
  @Answers(PolicyAnswer)
  retire(@Param() path: PolicyVersionPath, @Body() _nothing: EmptyBody, @Caller() caller: Caller): Promise<Answer> {
    return this.#run(new ChangePolicy({ type: 'RetirePolicy', version: Number(path.version) }, caller));
  }

  async #run(command: ChangePolicy): Promise<Answer> {
    const executed = await this.commands.execute(command);
    return new Answer(executed, presentPolicy(policyInForce(executed.state)));
  }
}

/** What the document says, without the version it was read from. */
const saidIn = ({ id: _id, version: _version, publishedAt: _publishedAt, ...said }: PutPolicyBody): PolicyInput => said;
