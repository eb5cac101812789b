/**
 * How long customers wait for their money, and where. One exact row per return and stage (also the open ones), and per
 * day × dimensions × stage a sketch of the completed durations, kept as rows `bucket → count` (docs/decisions/050), and
 * beside each count the exact sum of what it counts: percentiles do not add up, waiting time does.
 *
 * Everything is a function of the folded return: when a late fact changes a stage (a payout fails after it succeeded,
 * a scan is corrected, the station becomes known) the old observation is subtracted and the new one added.
 */
import equal from 'fast-deep-equal';
import type { Change, Projection } from '../eventing/projection.js';
import { bigint, integer, nullable, table, text, type RowOf } from '../eventing/sql/table.js';
import { add, replace, type Write } from '../eventing/sql/write.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import type { ReturnsState, ReturnState } from '../returns/rules/returns.state.js';
import { livePayouts } from '../returns/rules/returns.status.js';
import { utcDay } from '../shared/clock.js';
import { bucketOf } from './sketch.js';
import { spansOf, type Holder, type Stage } from './stages.js';

/** Name of the view. */
export const REFUND_LATENCY = 'refund-latency';

/** What latency can be grouped by, besides time. Also column names. */
export const DIMENSIONS = ['warehouse', 'carrier', 'method', 'reason', 'provider', 'currency'] as const;
export type Dimension = (typeof DIMENSIONS)[number];
/** '' = not known (yet). */
type Dimensions = Readonly<Record<Dimension, string>>;
/** A return with several reasons or providers counts once, under this name: groups must add up to the whole. */
const SEVERAL = 'several';

const DIMENSION_COLUMNS = { warehouse: text(), carrier: text(), method: text(), reason: text(), provider: text(), currency: text() };
export const STAGES_TABLE = table({
  name: 'stages',
  columns: {
    return_id: text(),
    stage: text<Stage>(),
    started_ms: bigint(),
    ended_ms: nullable(bigint()),
    duration_ms: nullable(bigint()),
    holder: nullable(text<Holder>()),
    day: text(),
    ...DIMENSION_COLUMNS,
  },
  key: ['return_id', 'stage'],
  indexes: {
    slowest: { on: ['stage', 'duration_ms', 'return_id'] },
    open: { on: ['stage', 'started_ms', 'return_id'], where: 'ended_ms is null' },
  },
});
export type StageRow = RowOf<typeof STAGES_TABLE>;
export const SKETCHES = table({
  name: 'sketches',
  columns: { day: text(), ...DIMENSION_COLUMNS, stage: text<Stage>(), bucket: integer(), observations: bigint(), duration_ms: bigint() },
  key: ['day', ...DIMENSIONS, 'stage', 'bucket'],
  clustered: true,
});
/** A dimension by itself; `none` is all returns together. */
export type Facet = Dimension | 'none';
const FACETS = ['none', ...DIMENSIONS] as const satisfies readonly Facet[];
/** The sketches of one dimension at a time, by day, month (`m2026-03`) and over all time (''): few rows, however many returns. */
export const FACET_SKETCHES = table({
  name: 'facet_sketches',
  columns: {
    facet: text<Facet>(),
    stage: text<Stage>(),
    period: text(),
    value: text(),
    bucket: integer(),
    observations: bigint(),
    duration_ms: bigint(),
  },
  key: ['facet', 'stage', 'period', 'value', 'bucket'],
  clustered: true,
});
/** Open cases of one dimension at a time; `since_ms` is the sum of the milliseconds of their days at which they began. */
export const OPEN_CASES = table({
  name: 'open_cases',
  columns: {
    facet: text<Facet>(),
    stage: text<Stage>(),
    day: text(),
    value: text(),
    holder: text<Holder>(),
    cases: bigint(),
    since_ms: bigint(),
  },
  key: ['facet', 'stage', 'day', 'value', 'holder'],
  clustered: true,
});

export const refundLatencyProjection: Projection<FoldedOrder> = {
  name: REFUND_LATENCY,
  version: 5,
  tables: [STAGES_TABLE, SKETCHES, FACET_SKETCHES, OPEN_CASES],
  handles: returnsFold.types,
  fold: returnsFold,
  apply,
};

function apply(changes: readonly Change<ReturnsState>[]): readonly Write[] {
  const differences = changes.flatMap(({ before, after }) =>
    after.returns.flatMap((ret, index) => {
      const last = before?.returns[index];
      return last === ret && before?.order === after.order ? [] : [{ was: rowsOf(before, last), is: rowsOf(after, ret) }];
    }),
  );
  // A row that stays as it is need not be taken out and put in again.
  const signed = differences.flatMap(({ was, is }) => [
    ...was.flatMap((row) => (is.some((other) => equal(row, other)) ? [] : [{ row, sign: -1 as const }])),
    ...is.flatMap((row) => (was.some((other) => equal(row, other)) ? [] : [{ row, sign: 1 as const }])),
  ]);
  const observed = signed.flatMap(({ row, sign }) => observation(row, sign));
  const open = signed.flatMap(({ row, sign }) => openCases(row, sign));
  return [
    ...replace(STAGES_TABLE, differences),
    add(SKETCHES, observed),
    add(FACET_SKETCHES, observed.flatMap(facetsOf)),
    add(OPEN_CASES, open),
  ];
}
function rowsOf(state: ReturnsState | undefined, ret: ReturnState | undefined): readonly StageRow[] {
  if (state === undefined || ret === undefined) return [];
  const dimensions = dimensionsOf(state, ret);
  return spansOf(ret).map(({ stage, startedMs, endedMs, holder }): StageRow => ({
    return_id: ret.returnId,
    stage,
    started_ms: startedMs,
    ended_ms: endedMs,
    duration_ms: endedMs === null ? null : endedMs - startedMs,
    holder,
    // The day a stage began: completed and open ones of a day then belong to the same cases.
    day: utcDay(startedMs),
    ...dimensions,
  }));
}

function dimensionsOf(state: ReturnsState, ret: ReturnState): Dimensions {
  const payouts = ret.refunds.flatMap(livePayouts);
  const label = ret.labels.findLast(({ state: labelState }) => labelState === 'issued') ?? ret.labels.at(-1);
  return {
    warehouse: ret.station ?? '',
    carrier: label?.carrier ?? '',
    method: ret.method,
    reason: oneOf(ret.lines.map((line) => line.reason)),
    provider: oneOf(payouts.map((payout) => payout.provider)),
    currency: state.order?.currency ?? '',
  };
}

function oneOf(values: readonly string[]): string {
  const distinct = new Set(values);
  return distinct.size > 1 ? SEVERAL : (values[0] ?? '');
}

type SketchRow = RowOf<typeof SKETCHES>;
function observation(row: StageRow, sign: 1 | -1): readonly SketchRow[] {
  const { return_id: _id, started_ms: _started, ended_ms: _ended, holder: _holder, duration_ms: duration, ...others } = row;
  return duration === null ? [] : [{ ...others, bucket: bucketOf(duration), observations: sign, duration_ms: sign * duration }];
}

const valueOf = (facet: Facet, row: Dimensions): string => (facet === 'none' ? '' : row[facet]);

const facetsOf = (row: SketchRow): readonly RowOf<typeof FACET_SKETCHES>[] =>
  FACETS.flatMap((facet) =>
    ['', row.day, ...(facet === 'none' ? [`m${row.day.slice(0, 7)}`] : [])].map((period) => ({
      facet,
      stage: row.stage,
      period,
      value: valueOf(facet, row),
      bucket: row.bucket,
      observations: row.observations,
      duration_ms: row.duration_ms,
    })),
  );

function openCases(row: StageRow, sign: 1 | -1): readonly RowOf<typeof OPEN_CASES>[] {
  const { stage, day, holder, started_ms: startedMs } = row;
  if (holder === null) return [];
  const since = sign * (startedMs - Date.parse(day));
  return FACETS.map((facet) => ({ facet, stage, day, value: valueOf(facet, row), holder, cases: sign, since_ms: since }));
}
