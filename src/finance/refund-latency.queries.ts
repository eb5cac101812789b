/** Reads the refund latency view: the report from the sketches, the open cases and the drill-down from the exact rows. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { TableNames } from '../eventing/projection.js';
import { pageBy, placed, type Keyset, type PageAfter, type Placed } from '../eventing/sql/keyset.js';
import { columnOf, daysOf, groupOf, UNKNOWN, type Grouping } from './latency-groups.js';
import type { LatencyGroupAnswer, LatencyReturnAnswer, OpenBeforeAnswer, StageLatencyAnswer } from './refund-latency.dto.js';
import { DIMENSIONS, type Dimension, type StageRow } from './refund-latency.projection.js';
import { percentilesOf } from './sketch.js';
import { STAGES, USUAL_HOLDER, type Holder, type Stage } from './stages.js';

/** `from`, `to`: days on which a stage began, inclusive; null = unbounded. */
export type LatencyFilter = {
  readonly from: string | null;
  readonly to: string | null;
  readonly stage: Stage | undefined;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
};

type Database = Kysely<unknown>;
type CompletedRow = {
  readonly day: string;
  readonly name: string;
  readonly stage: Stage;
  readonly bucket: number;
  readonly observations: number | string;
  readonly duration_ms: number | string;
};
type OpenRow = {
  readonly day: string;
  readonly name: string;
  readonly stage: Stage;
  readonly holder: Holder;
  readonly cases: number | string;
  readonly oldest_ms: number | string;
  readonly age_ms: number | string;
};

/** What is known about one stage of one group while the rows are gathered. */
type Gathered = {
  readonly buckets: Map<number, number>;
  readonly holders: Record<Holder, number>;
  sumMs: number;
  open: number;
  oldestMs: number;
  ageMs: number;
};

/** Every group's stages, percentiles of the completed and counts of the open ones. `nowMs`: epoch milliseconds, for ages. */
export async function latencyGroups(
  db: Database,
  tables: TableNames,
  filter: LatencyFilter,
  groupBy: Grouping,
  nowMs: number,
): Promise<LatencyGroupAnswer[]> {
  const selected = where(filter);
  const column = columnOf(groupBy);
  const name = column === 'none' ? sql`''` : column === 'day' ? sql`''` : sql.ref(column);
  const day = column === 'day' ? sql.ref('day') : sql`''`;
  const keys = column === 'none' ? [] : [sql.ref(column)];
  const completed =
    await sql<CompletedRow>`select ${day} as day, ${name} as name, stage, bucket, sum(observations) as observations, sum(duration_ms) as duration_ms
    from ${sql.table(tables('sketches'))} where ${selected} group by ${sql.join([...keys, sql.ref('stage'), sql.ref('bucket')])}`.execute(
      db,
    );
  const open = await sql<OpenRow>`select ${day} as day, ${name} as name, stage, holder, count(*) as cases, min(started_ms) as oldest_ms,
      sum(case when started_ms < ${nowMs} then ${nowMs} - started_ms else 0 end) as age_ms
    from ${sql.table(tables('stages'))} where ended_ms is null and ${selected}
    group by ${sql.join([...keys, sql.ref('stage'), sql.ref('holder')])}`.execute(db);
  const groups = new Groups(groupBy);
  for (const row of completed.rows) {
    const stage = groups.at(row);
    stage.buckets.set(row.bucket, (stage.buckets.get(row.bucket) ?? 0) + Number(row.observations));
    stage.sumMs += Number(row.duration_ms);
  }
  for (const row of open.rows) {
    const stage = groups.at(row);
    stage.open += Number(row.cases);
    stage.holders[row.holder] += Number(row.cases);
    stage.ageMs += Number(row.age_ms);
    stage.oldestMs = Math.min(stage.oldestMs, Number(row.oldest_ms));
  }
  return groups.bodies(filter.stage, nowMs);
}

class Groups {
  readonly #groups = new Map<string, Map<Stage, Gathered>>();

  constructor(private readonly groupBy: Grouping) {
    // "Nothing yet" is an answer too.
    if (groupBy === 'none') this.#groups.set('all', new Map());
  }

  at({ day, name, stage }: { readonly day: string; readonly name: string; readonly stage: Stage }): Gathered {
    const key = groupOf(this.groupBy, day, name);
    const stages = this.#groups.get(key) ?? new Map<Stage, Gathered>();
    this.#groups.set(key, stages);
    const gathered = stages.get(stage) ?? nothing();
    stages.set(stage, gathered);
    return gathered;
  }

  bodies(only: Stage | undefined, nowMs: number): LatencyGroupAnswer[] {
    const shown = only === undefined ? STAGES : [only];
    return [...this.#groups]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, gathered]) => {
        const stages = shown.map((stage) => stageBody(stage, gathered.get(stage) ?? nothing(), nowMs));
        const cases = stages.find((each) => each.stage === (only ?? 'total'));
        return { key, count: cases?.count ?? 0, open: cases?.open ?? 0, stages };
      });
  }
}

const nothing = (): Gathered => ({
  buckets: new Map(),
  holders: { customer: 0, carrier: 0, merchant: 0, bank: 0 },
  sumMs: 0,
  open: 0,
  oldestMs: Number.POSITIVE_INFINITY,
  ageMs: 0,
});

function stageBody(stage: Stage, { buckets, holders, sumMs, open, oldestMs, ageMs }: Gathered, nowMs: number): StageLatencyAnswer {
  const completed = { ...percentilesOf(buckets), sumSeconds: sumMs / 1000, holder: USUAL_HOLDER[stage] };
  return { stage, ...completed, open, openOldestSeconds: open === 0 ? null : age(oldestMs, nowMs), openSeconds: ageMs / 1000, holders };
}

const age = (startedMs: number, nowMs: number): number => Math.max(0, nowMs - startedMs) / 1000;

/** Open cases that began before the period asked for. */
export async function openBefore(db: Database, tables: TableNames, filter: LatencyFilter, nowMs: number): Promise<OpenBeforeAnswer> {
  if (filter.from === null) return { count: 0, oldestSeconds: null };
  const earlier = where({ ...filter, from: null, to: null, stage: filter.stage ?? 'total' });
  const { rows } = await sql<{
    cases: number | string;
    oldest_ms: number | string | null;
  }>`select count(*) as cases, min(started_ms) as oldest_ms
    from ${sql.table(tables('stages'))} where ended_ms is null and day < ${filter.from} and ${earlier}`.execute(db);
  const oldestMs = rows[0]?.oldest_ms ?? null;
  return { count: Number(rows[0]?.cases ?? 0), oldestSeconds: oldestMs === null ? null : age(Number(oldestMs), nowMs) };
}

export type DrillDown = {
  readonly groupBy: Grouping;
  /** Key of the group whose rows are wanted. */
  readonly key: string | undefined;
  readonly state: 'completed' | 'open';
};
/** Completed ones slowest first, open ones oldest first. */
export const LATENCY_ORDER = {
  completed: [
    ['duration_ms', 'number'],
    ['return_id', 'string'],
  ],
  open: [
    ['started_ms', 'number'],
    ['return_id', 'string'],
  ],
} as const satisfies Record<DrillDown['state'], Keyset>;

/** A page of the exact rows behind a number of the report. */
export async function latencyReturns(
  db: Database,
  tables: TableNames,
  filter: LatencyFilter,
  asked: DrillDown,
  page: PageAfter,
  nowMs: number,
): Promise<readonly Placed<LatencyReturnAnswer>[]> {
  const isOpen = asked.state === 'open';
  const order = LATENCY_ORDER[asked.state];
  const selected = where(narrowed({ ...filter, stage: filter.stage ?? 'total' }, asked));
  const ended = isOpen ? sql`ended_ms is null` : sql`ended_ms is not null`;
  const { rows } = await sql<StageRow>`select * from ${sql.table(tables('stages'))}
    where ${ended} and ${selected} and ${pageBy(order, page, isOpen ? 'asc' : 'desc')}`.execute(db);
  return rows.map((row) => placed(order, row, returnBody(row, nowMs)));
}

function narrowed(filter: LatencyFilter, { groupBy, key }: DrillDown): LatencyFilter {
  if (key === undefined || groupBy === 'none') return filter;
  const column = columnOf(groupBy);
  if (column !== 'day' && column !== 'none') return { ...filter, dimensions: { ...filter.dimensions, [column]: key } };
  const days = daysOf(groupBy, key);
  return { ...filter, from: later(filter.from, days.from), to: earlier(filter.to, days.to) };
}

const later = (day: string | null, other: string): string => (day !== null && day > other ? day : other);
const earlier = (day: string | null, other: string): string => (day !== null && day < other ? day : other);

function where({ from, to, stage, dimensions }: LatencyFilter): RawBuilder<unknown> {
  const conditions: RawBuilder<unknown>[] = [sql`1 = 1`];
  if (from !== null) conditions.push(sql`day >= ${from}`);
  if (to !== null) conditions.push(sql`day <= ${to}`);
  if (stage !== undefined) conditions.push(sql`stage = ${stage}`);
  for (const dimension of DIMENSIONS) {
    const value = dimensions[dimension];
    if (value !== undefined) conditions.push(sql`${sql.ref(dimension)} = ${value === UNKNOWN ? '' : value}`);
  }
  return sql.join(conditions, sql` and `);
}

function returnBody(row: StageRow, nowMs: number): LatencyReturnAnswer {
  const startedMs = Number(row.started_ms);
  const known = (dimension: Dimension): string => row[dimension] || UNKNOWN;
  return {
    returnId: row.return_id,
    stage: row.stage,
    startedAt: new Date(startedMs).toISOString(),
    endedAt: row.ended_ms === null ? null : new Date(Number(row.ended_ms)).toISOString(),
    seconds: row.duration_ms === null ? age(startedMs, nowMs) : Number(row.duration_ms) / 1000,
    holder: row.holder,
    warehouse: known('warehouse'),
    carrier: known('carrier'),
    method: known('method'),
    reason: known('reason'),
    provider: known('provider'),
    currency: known('currency'),
  };
}
