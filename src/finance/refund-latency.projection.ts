/**
 * How long customers wait for their money, and where. One exact row per return and stage (also the open ones), and per
 * day × dimensions × stage a sketch of the completed durations, kept as rows `bucket → count` (docs/decisions/050), and
 * beside each count the exact sum of what it counts: percentiles do not add up, waiting time does.
 *
 * Everything is a function of the folded return: when a late fact changes a stage (a payout fails after it succeeded,
 * a scan is corrected, the station becomes known) the old observation is subtracted and the new one added.
 */
import type { CompiledQuery } from 'kysely';
import type { Change, Projection, TableNames } from '../eventing/projection.js';
import { deleteRows, upsertRows } from '../eventing/sql/statement.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import type { ReturnsState, ReturnState } from '../returns/rules/returns.state.js';
import { livePayouts } from '../returns/rules/returns.status.js';
import { utcDay } from '../shared/clock.js';
import { Deltas } from './running-totals.js';
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

export type StageRow = Dimensions & {
  readonly return_id: string;
  readonly stage: Stage;
  readonly started_ms: number;
  readonly ended_ms: number | null;
  readonly duration_ms: number | null;
  readonly holder: Holder | null;
  readonly day: string;
};

const STAGE_COLUMNS = ['return_id', 'stage', 'started_ms', 'ended_ms', 'duration_ms', 'holder', 'day', ...DIMENSIONS] as const;
const SKETCH_KEYS = ['day', ...DIMENSIONS, 'stage', 'bucket'] as const;
const dimensionColumns = DIMENSIONS.map((dimension) => `${dimension} text not null`).join(', ');

export const refundLatencyProjection: Projection<FoldedOrder> = {
  name: REFUND_LATENCY,
  version: 4,
  tables: [
    {
      name: 'stages',
      create: [
        `create table {{stages}} (return_id text not null, stage text not null, started_ms bigint not null, ended_ms bigint, duration_ms bigint,
          holder text, day text not null, ${dimensionColumns}, primary key (return_id, stage))`,
        'create index {{stages}}_slowest on {{stages}} (stage, duration_ms, return_id)',
        'create index {{stages}}_open on {{stages}} (stage, started_ms, return_id) where ended_ms is null',
      ],
    },
    {
      name: 'sketches',
      create: [
        `create table {{sketches}} (day text not null, ${dimensionColumns}, stage text not null, bucket integer not null, observations bigint not null,
          duration_ms bigint not null, primary key (${SKETCH_KEYS.join(', ')}))`,
      ],
    },
  ],
  handles: returnsFold.types,
  fold: returnsFold,
  apply,
};

function apply(changes: readonly Change<ReturnsState>[], tables: TableNames): readonly CompiledQuery[] {
  const sketches = new Deltas();
  const vanished: string[] = [];
  const changed: StageRow[] = [];
  for (const { before, after } of changes) {
    for (const [index, ret] of after.returns.entries()) {
      if (before?.returns[index] === ret && before.order === after.order) continue;
      const was = rowsOf(before, before?.returns[index]);
      const is = rowsOf(after, ret);
      observe(sketches, was, -1);
      observe(sketches, is, 1);
      if ([...was.keys()].every((stage) => is.has(stage))) {
        changed.push(...[...is.values()].filter((row) => !sameRow(row, was.get(row.stage))));
      } else {
        vanished.push(ret.returnId);
        changed.push(...is.values());
      }
    }
  }
  return [
    ...deleteRows(tables('stages'), 'return_id', vanished),
    ...upsertRows(tables('stages'), STAGE_COLUMNS, ['return_id', 'stage'], changed),
    ...sketches.statements({ table: tables('sketches'), keys: SKETCH_KEYS, sums: ['observations', 'duration_ms'] }),
  ];
}

function rowsOf(state: ReturnsState | undefined, ret: ReturnState | undefined): ReadonlyMap<Stage, StageRow> {
  if (state === undefined || ret === undefined) return new Map();
  const dimensions = dimensionsOf(state, ret);
  const rows = spansOf(ret).map(({ stage, startedMs, endedMs, holder }): StageRow => ({
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
  return new Map(rows.map((row) => [row.stage, row]));
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

function observe(sketches: Deltas, rows: ReadonlyMap<Stage, StageRow>, delta: 1 | -1): void {
  for (const row of rows.values()) {
    if (row.duration_ms === null) continue;
    sketches.add(
      [row.day, ...DIMENSIONS.map((dimension) => row[dimension]), row.stage, bucketOf(row.duration_ms)],
      [delta, delta * row.duration_ms],
    );
  }
}

function sameRow(row: StageRow, other: StageRow | undefined): boolean {
  return other !== undefined && STAGE_COLUMNS.every((column) => row[column] === other[column]);
}
