/** Reads the refund latency view: the report from the sketches, the open cases and the drill-down from the exact rows. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { TableNames } from '../eventing/projection.js';
import { readPage, type Keyset, type PageAfter, type Placed } from '../eventing/sql/keyset.js';
import type { RowOf } from '../eventing/sql/table.js';
import { columnOf, daysOf, groupOf, UNKNOWN, type Grouping } from './latency-groups.js';
import type { LatencyGroupAnswer, LatencyReturnAnswer, OpenBeforeAnswer, StageLatencyAnswer } from './refund-latency.dto.js';
import {
  DIMENSIONS,
  FACET_SKETCHES,
  OPEN_CASES,
  SKETCHES,
  STAGES_TABLE,
  type Dimension,
  type Facet,
  type StageRow,
} from './refund-latency.projection.js';
import { addSketch, percentilesOf } from './sketch.js';
import { STAGES, USUAL_HOLDER, type Holder, type Stage } from './stages.js';

/** `from`, `to`: days on which a stage began, inclusive; null = unbounded. */
export type LatencyFilter = {
  readonly from: string | null;
  readonly to: string | null;
  readonly stage: Stage | undefined;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
};

type Database = Kysely<unknown>;
/** The stages are named so that the index of open cases is taken. */
const IS_OPEN = sql`ended_ms is null and stage in (${sql.join([...STAGES])})`;
type SketchRow = RowOf<typeof SKETCHES>;
type OpenCaseRow = RowOf<typeof OPEN_CASES>;
/** `sketch`: `bucket,count,bucket,count…`; a bucket may stand there several times. */
type CompletedRow = Pick<SketchRow, 'day' | 'stage' | 'duration_ms'> & { readonly name: string; readonly sketch: string };
/** A group's buckets in one text: a row for each of them costs ten times as much to hand over. */
const SKETCH = sql`string_agg(bucket || ',' || observations, ',') as sketch, sum(duration_ms) as duration_ms`;
/** Open cases of a stage, a value and a holder; `day`: the first, `days`: `day cases` with commas between. */
type OpenSums = OpenCaseRow & { readonly days: string };
type OpenRow = {
  readonly day: string;
  readonly name: string;
  readonly stage: Stage;
  readonly holder: Holder;
  readonly cases: number;
  readonly oldest_ms: number;
  readonly age_ms: number;
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
  const groups = new Groups(groupBy);
  const facet = facetOf(filter, groupBy);
  const completed =
    facet === undefined ? await completedByAll(db, tables, filter, groupBy) : await completedByFacet(db, tables, filter, groupBy, facet);
  for (const row of completed) {
    const stage = groups.at(row);
    addSketch(stage.buckets, row.sketch);
    stage.sumMs += row.duration_ms;
  }
  const open =
    facet === undefined
      ? await openByAll(db, tables, filter, groupBy, nowMs)
      : await openByFacet(db, tables, filter, groupBy, facet, nowMs);
  for (const row of open) {
    const stage = groups.at(row);
    stage.open += row.cases;
    stage.holders[row.holder] += row.cases;
    stage.ageMs += row.age_ms;
    stage.oldestMs = Math.min(stage.oldestMs, row.oldest_ms);
  }
  return groups.bodies(filter.stage, nowMs);
}

/** From the sketches of all dimensions together, where filters and groups are about several of them. */
async function completedByAll(
  db: Database,
  tables: TableNames,
  filter: LatencyFilter,
  groupBy: Grouping,
): Promise<readonly CompletedRow[]> {
  const { day, name, keys } = selection(groupBy);
  const { rows } = await sql<CompletedRow>`select ${day} as day, ${name} as name, stage, ${SKETCH}
    from ${sql.table(tables(SKETCHES.name))} where ${where(filter)} group by ${sql.join([...keys, sql.ref('stage')])}`.execute(db);
  return rows;
}

async function openByAll(
  db: Database,
  tables: TableNames,
  filter: LatencyFilter,
  groupBy: Grouping,
  nowMs: number,
): Promise<readonly OpenRow[]> {
  const { day, name, keys } = selection(groupBy);
  const { rows } = await sql<OpenRow>`select ${day} as day, ${name} as name, stage, holder, count(*) as cases, min(started_ms) as oldest_ms,
      sum(case when started_ms < ${nowMs} then ${nowMs} - started_ms else 0 end) as age_ms
    from ${sql.table(tables(STAGES_TABLE.name))} where ${IS_OPEN} and ${where(filter)}
    group by ${sql.join([...keys, sql.ref('stage'), sql.ref('holder')])}`.execute(db);
  return rows;
}

function selection(groupBy: Grouping) {
  const column = columnOf(groupBy);
  const nothingOf = sql`''`;
  return {
    day: column === 'day' ? sql.ref('day') : nothingOf,
    name: column === 'none' || column === 'day' ? nothingOf : sql.ref(column),
    keys: column === 'none' ? [] : [sql.ref(column)],
  };
}

/** The dimension by which everything asked for is summed up; `value`: only this one. */
type FacetValue = { readonly facet: Facet; readonly value: string | undefined };

/** Undefined where several dimensions are asked for at the same time. */
function facetOf({ dimensions }: LatencyFilter, groupBy: Grouping): FacetValue | undefined {
  const column = columnOf(groupBy);
  const grouped = column === 'day' ? 'none' : column;
  const [only, another] = DIMENSIONS.filter((dimension) => dimensions[dimension] !== undefined);
  if (only === undefined) return { facet: grouped, value: undefined };
  if (another !== undefined || (grouped !== 'none' && grouped !== only)) return undefined;
  return { facet: only, value: dimensions[only] === UNKNOWN ? '' : dimensions[only] };
}

const ofFacet = ({ stage }: LatencyFilter, { facet, value }: FacetValue): RawBuilder<unknown> =>
  sql`facet = ${facet} and stage in (${sql.join(stage === undefined ? [...STAGES] : [stage])})${value === undefined ? sql`` : sql` and value = ${value}`}`;

async function completedByFacet(
  db: Database,
  tables: TableNames,
  filter: LatencyFilter,
  groupBy: Grouping,
  facet: FacetValue,
): Promise<readonly CompletedRow[]> {
  return (await completedOf(tables, filter, groupBy, facet).execute(db)).rows;
}

/** From the sums over all time or of months where they are what is asked for, else from those of days. */
function completedOf(tables: TableNames, filter: LatencyFilter, groupBy: Grouping, facet: FacetValue): RawBuilder<CompletedRow> {
  const isDaily = columnOf(groupBy) === 'day';
  const name = isDaily || groupBy === 'none' ? sql`''` : sql`value`;
  const isAllTime = filter.from === null && filter.to === null;
  const isMonths = isAllTime && groupBy === 'month' && facet.facet === 'none';
  const day = isMonths ? sql`substr(period, 2)` : isDaily ? sql`period` : sql`''`;
  const days = sql`period between ${filter.from ?? '0'} and ${filter.to ?? '9999'}`;
  const period = isMonths ? sql`period > 'm'` : isAllTime && !isDaily ? sql`period = ''` : days;
  return sql`select ${day} as day, ${name} as name, stage, ${SKETCH} from ${sql.table(tables(FACET_SKETCHES.name))}
    where ${ofFacet(filter, facet)} and ${period} group by stage, ${isDaily ? sql`period` : sql`value`}`;
}

async function openByFacet(
  db: Database,
  tables: TableNames,
  filter: LatencyFilter,
  groupBy: Grouping,
  facet: FacetValue,
  nowMs: number,
): Promise<readonly OpenRow[]> {
  const named = facet.value === undefined;
  const { rows } = await sql<OpenSums>`select stage, value, holder, min(day) as day, sum(cases) as cases, sum(since_ms) as since_ms,
      string_agg(day || ' ' || cases, ',') as days
    from ${sql.table(tables(OPEN_CASES.name))}
    where ${ofFacet(filter, facet)} and day between ${filter.from ?? '0'} and ${filter.to ?? '9999'}
    group by stage, value, holder${columnOf(groupBy) === 'day' ? sql`, day` : sql``}`.execute(db);
  const first = new Map<string, OpenSums>();
  const groupIn = (row: OpenSums): string => `${row.stage} ${groupOf(groupBy, row.day, named ? row.value : '')}`;
  for (const row of rows) if (row.day < (first.get(groupIn(row))?.day ?? '9999')) first.set(groupIn(row), row);
  const oldest = await oldestOf(db, tables, facet.facet, [...first.values()]);
  // Clocks of others may be ahead: such a case has not waited yet.
  const { rows: ahead } = await sql<StageRow>`select * from ${sql.table(tables(STAGES_TABLE.name))}
    where ${IS_OPEN} and started_ms > ${nowMs} and ${where(filter)}`.execute(db);
  const nameOf = (value: string): string => (named && columnOf(groupBy) === facet.facet ? value : '');
  return [
    ...rows.map((row) => ({
      ...row,
      name: nameOf(row.value),
      oldest_ms: first.get(groupIn(row)) === row ? (oldest.get(row) ?? Infinity) : Infinity,
      age_ms: sinceTheirDays(row.days, nowMs) - row.since_ms,
    })),
    ...ahead.map((row) => ({
      day: row.day,
      name: nameOf(facet.facet === 'none' ? '' : row[facet.facet]),
      stage: row.stage,
      holder: row.holder ?? 'merchant',
      cases: 0,
      oldest_ms: Infinity,
      age_ms: row.started_ms - nowMs,
    })),
  ];
}

/** Milliseconds from the beginning of each case's day until now, added up; `days` as in `OpenSums`. */
const sinceTheirDays = (days: string, nowMs: number): number =>
  days.split(',').reduce((sum, each) => {
    const [day = '', cases] = each.split(' ');
    return sum + Number(cases) * (nowMs - Date.parse(day));
  }, 0);

/** Looked up in one query: each takes five of its parameters, of which SQLite allows 32,766. */
const LOOKED_UP_AT_ONCE = 1000;

/** When the first case began of each of these: days, stages and values of which there is one. */
async function oldestOf(
  db: Database,
  tables: TableNames,
  facet: Facet,
  cases: readonly OpenCaseRow[],
): Promise<ReadonlyMap<OpenCaseRow, number>> {
  const oldest = new Map<OpenCaseRow, number>();
  const same = facet === 'none' ? sql`` : sql` and ${sql.ref(`begun.${facet}`)} = wanted.value`;
  for (let from = 0; from < cases.length; from += LOOKED_UP_AT_ONCE) {
    const some = cases.slice(from, from + LOOKED_UP_AT_ONCE);
    const wanted = some.map(({ stage, day, value }, index) => sql`(${index}, ${stage}, ${day}, ${Date.parse(day)}, ${value})`);
    const { rows } = await sql<{ readonly number: number; readonly oldest_ms: number }>`
      with wanted (number, stage, day, from_ms, value) as (values ${sql.join(wanted)})
      select number, (select min(begun.started_ms) from ${sql.table(tables(STAGES_TABLE.name))} as begun
        where begun.ended_ms is null and begun.stage = wanted.stage and begun.started_ms >= wanted.from_ms and begun.day = wanted.day${same}) as oldest_ms
      from wanted`.execute(db);
    for (const { number, oldest_ms: ms } of rows) {
      const row = some[number];
      if (row !== undefined) oldest.set(row, ms);
    }
  }
  return oldest;
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
  const stage = filter.stage ?? 'total';
  const facet = facetOf(filter, 'none');
  if (facet === undefined) {
    const { rows } = await sql<{ readonly cases: number; readonly oldest_ms: number | null }>`
      select count(*) as cases, min(started_ms) as oldest_ms from ${sql.table(tables(STAGES_TABLE.name))}
      where ended_ms is null and day < ${filter.from} and ${where({ ...filter, from: null, to: null, stage })}`.execute(db);
    const oldestMs = rows[0]?.oldest_ms ?? null;
    return { count: rows[0]?.cases ?? 0, oldestSeconds: oldestMs === null ? null : age(oldestMs, nowMs) };
  }
  const { rows } = await sql<OpenCaseRow>`select * from ${sql.table(tables(OPEN_CASES.name))}
    where ${ofFacet({ ...filter, stage }, facet)} and day < ${filter.from} order by day`.execute(db);
  const [ms] = (await oldestOf(db, tables, facet.facet, rows.slice(0, 1))).values();
  return { count: rows.reduce((sum, row) => sum + row.cases, 0), oldestSeconds: ms === undefined ? null : age(ms, nowMs) };
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
  const direction = isOpen ? 'asc' : 'desc';
  const rows = await readPage(db, tables, { table: STAGES_TABLE, where: [ended, selected], keyset: order, direction }, page);
  return rows.map(({ place, row }) => ({ place, row: returnBody(row, nowMs) }));
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
  const startedMs = row.started_ms;
  const known = (dimension: Dimension): string => row[dimension] || UNKNOWN;
  return {
    returnId: row.return_id,
    stage: row.stage,
    startedAt: new Date(startedMs).toISOString(),
    endedAt: row.ended_ms === null ? null : new Date(row.ended_ms).toISOString(),
    seconds: row.duration_ms === null ? age(startedMs, nowMs) : row.duration_ms / 1000,
    holder: row.holder,
    warehouse: known('warehouse'),
    carrier: known('carrier'),
    method: known('method'),
    reason: known('reason'),
    provider: known('provider'),
    currency: known('currency'),
  };
}
