/** Questions and answers about refund latency. Durations are in seconds. */
import { Id, ListOf, Measure, OneOf, Part, Text, When, Whole } from '../http/fields.js';
import { PageAnswer, ViewAnswer } from '../http/paging.js';
import { GROUPINGS, type Grouping } from './latency-groups.js';
import { HOLDERS, STAGES } from './stages.js';

const DAY_OR_INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?$/;
const FROM = 'First day (UTC) on which a stage began, `2026-03-01`; an instant stands for its day. Left out: from the start';
const TO = 'Last such day, inclusive. Left out: until now';
const ONLY = 'Only returns with this value; `unknown` = not known (yet)';

/** Filters shared by the report and the rows behind it. */
export class LatencyFilterQuery {
  @Text({ optional: true, pattern: DAY_OR_INSTANT, description: FROM }) readonly from?: string;
  @Text({ optional: true, pattern: DAY_OR_INSTANT, description: TO }) readonly to?: string;
  @OneOf(GROUPINGS, { default: 'none', description: 'Periods are those in which a stage began; weeks are ISO weeks' })
  readonly groupBy!: Grouping;
  @OneOf(STAGES, { optional: true, description: 'Only this stage; the total is from the request to the money' })
  readonly stage?: (typeof STAGES)[number];
  @Text({ optional: true, description: ONLY }) readonly warehouse?: string;
  @Text({ optional: true, description: ONLY }) readonly carrier?: string;
  @Text({ optional: true, description: ONLY }) readonly method?: string;
  @Text({ optional: true, description: ONLY }) readonly reason?: string;
  @Text({ optional: true, description: ONLY }) readonly provider?: string;
  @Text({ optional: true, description: ONLY }) readonly currency?: string;
}

export class LatencyReturnsQuery extends LatencyFilterQuery {
  @Whole({ min: 1, max: 200, default: 50, description: 'Most items of a page' }) readonly limit!: number;
  @Text({ optional: true, max: 500, description: '`nextCursor` of the page before' }) readonly cursor?: string;
  @Text({ optional: true, description: 'With `groupBy`: only the rows behind the group of this key' }) readonly key?: string;
  @OneOf(['completed', 'open'], { default: 'completed', description: 'Completed: slowest first. Open: oldest first' }) readonly state!:
    'completed' | 'open';
}

export class HolderCountsAnswer {
  @Whole() customer!: number;
  @Whole() carrier!: number;
  @Whole() merchant!: number;
  @Whole() bank!: number;
}

export class StageLatencyAnswer {
  @OneOf(STAGES, { description: 'Named after the milestone it ends with; `total` = request to money' }) stage!: string;
  @Whole({ description: 'Completed' }) count!: number;
  @Measure({ nullable: true, description: 'Seconds, within 1 %; null when none is completed' }) p50!: number | null;
  @Measure({ nullable: true }) p90!: number | null;
  @Measure({ nullable: true }) p95!: number | null;
  @Measure({ nullable: true }) p99!: number | null;
  @Measure({ nullable: true, description: 'Seconds, within 1 %' }) max!: number | null;
  @Measure({ description: 'Seconds customers waited in the completed ones, all together; exact' }) sumSeconds!: number;
  @OneOf(HOLDERS, { nullable: true, description: 'Who usually has it in hand during this stage; null of `total`' }) holder!: string | null;
  @Whole({ description: 'Not completed yet; in no percentile' }) open!: number;
  @Measure({ nullable: true, description: 'Age of the oldest open one, seconds; null when none is open' }) openOldestSeconds!:
    number | null;
  @Measure({ description: 'Age of the open ones in seconds, all together' }) openSeconds!: number;
  @Part(() => HolderCountsAnswer, { description: 'Who holds the open ones' }) holders!: HolderCountsAnswer;
}

export class LatencyGroupAnswer {
  @Text({ description: '`all` for `groupBy=none`; `unknown` where the value is not known (yet)' }) key!: string;
  @Whole({ description: 'Cases with the money with the customer (with `stage`: that completed it)' }) count!: number;
  @Whole({ description: 'Cases still waiting (with `stage`: that are in it)' }) open!: number;
  @ListOf(() => StageLatencyAnswer) stages!: StageLatencyAnswer[];
}

export class OpenBeforeAnswer {
  @Whole() count!: number;
  @Measure({ nullable: true, description: 'Seconds' }) oldestSeconds!: number | null;
}

export class LatencyAnswer extends ViewAnswer {
  @Text({ nullable: true, description: 'Day; null = from the start' }) from!: string | null;
  @Text({ nullable: true, description: 'Day, inclusive; null = until now' }) to!: string | null;
  @OneOf(GROUPINGS) groupBy!: string;
  @ListOf(() => LatencyGroupAnswer, { max: 1_000_000 }) groups!: LatencyGroupAnswer[];
  @Part(() => OpenBeforeAnswer, {
    description: 'Cases that began before `from` and are still open: outside every group, and not to be forgotten',
  })
  openBefore!: OpenBeforeAnswer;
}

export class LatencyReturnAnswer {
  @Id() returnId!: string;
  @OneOf(STAGES) stage!: string;
  @When() startedAt!: string;
  @When({ nullable: true, description: 'Null while open' }) endedAt!: string | null;
  @Measure({ description: 'Exact; of an open stage its age' }) seconds!: number;
  @OneOf(HOLDERS, { nullable: true, description: 'Who holds an open stage' }) holder!: string | null;
  @Text() warehouse!: string;
  @Text() carrier!: string;
  @Text() method!: string;
  @Text({ description: '`several` when its lines differ' }) reason!: string;
  @Text({ description: '`several` when its payouts differ' }) provider!: string;
  @Text() currency!: string;
}

export class LatencyReturnsAnswer extends PageAnswer {
  @ListOf(() => LatencyReturnAnswer) items!: LatencyReturnAnswer[];
}
