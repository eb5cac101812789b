/**
 * How long customers wait for their money, and where. One exact row per return and stage (also the open ones), and per
 * day × dimensions × stage a sketch of the completed durations, kept as rows `bucket → count` (docs/decisions/050), and
 * beside each count the exact sum of what it counts: percentiles do not add up, waiting time does.
 *
 * Everything is a function of the folded return: when a late fact changes a stage (a payout fails after it succeeded,
 * a scan is corrected, the station becomes known) the old observation is subtracted and the new one added.
 */
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
});

export const refundLatencyProjection: Projection<FoldedOrder> = {
  name: REFUND_LATENCY,
  version: 4,
  tables: [STAGES_TABLE, SKETCHES],
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
  const observed = differences.flatMap(({ was, is }) => [...observations(was, -1), ...observations(is, 1)]);
  return [...replace(STAGES_TABLE, differences), add(SKETCHES, observed)];
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

const observations = (rows: readonly StageRow[], delta: 1 | -1): readonly RowOf<typeof SKETCHES>[] =>
  rows.flatMap(({ return_id: _id, started_ms: _started, ended_ms: _ended, holder: _holder, duration_ms: duration, ...row }) =>
    duration === null ? [] : [{ ...row, bucket: bucketOf(duration), observations: delta, duration_ms: delta * duration }],
  );
