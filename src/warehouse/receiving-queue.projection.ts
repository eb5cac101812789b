/**
 * The receiving queue: one row per return the warehouse still has something to do for, and what a scanner may read to
 * find it. Rows are computed from the folded order, so there is no second set of rules.
 */
import type { CompiledQuery } from 'kysely';
import type { Change, Projection, TableNames } from '../eventing/projection.js';
import { rowChanges } from '../eventing/sql/row-changes.js';
import { deleteRows, upsertRows } from '../eventing/sql/statement.js';
import { eventTypesOf } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import { NOTHING_YET, type ReturnsState, type ReturnState } from '../returns/rules/returns.state.js';
import { codesOf, queueRowOf, type CodeRow, type QueueRow } from './receiving-queue.rows.js';

export const RECEIVING_QUEUE = 'receiving-queue';

const ROW_COLUMNS = [
  'return_id',
  'order_id',
  'stage',
  'since',
  'requested_at',
  'station',
  'authorised',
  'received',
  'awaiting',
  'awaiting_inspection',
  'to_put_away',
  'mismatches',
  'surplus',
  'blocked_restocks',
  'details',
] as const satisfies readonly (keyof QueueRow)[];
const CODE_COLUMNS = ['entry', 'code', 'kind', 'return_id'] as const satisfies readonly (keyof CodeRow)[];

const rowsOf = (state: ReturnsState, returns: readonly ReturnState[]): readonly QueueRow[] =>
  returns.flatMap((ret) => queueRowOf(state, ret) ?? []);
const codeRowsOf = (state: ReturnsState, returns: readonly ReturnState[]): readonly CodeRow[] =>
  returns.flatMap((ret) => codesOf(state, ret));

/** The returns of an order that its events touched, before and after. Folding copies only what changes. */
function touched({ before = NOTHING_YET, after }: Change<ReturnsState>): {
  readonly was: readonly ReturnState[];
  readonly is: readonly ReturnState[];
} {
  const isTouched = (index: number): boolean => before.order !== after.order || before.returns[index] !== after.returns[index];
  return { was: before.returns.filter((_, index) => isTouched(index)), is: after.returns.filter((_, index) => isTouched(index)) };
}

function apply(changes: readonly Change<ReturnsState>[], tables: TableNames): readonly CompiledQuery[] {
  const differences = changes.map((change) => {
    const { was, is } = touched(change);
    const { before = NOTHING_YET, after } = change;
    return {
      rows: rowChanges(rowsOf(before, was), rowsOf(after, is), (row) => row.return_id),
      codes: rowChanges(codeRowsOf(before, was), codeRowsOf(after, is), (row) => row.entry),
    };
  });
  return [
    ...deleteRows(
      tables('rows'),
      'return_id',
      differences.flatMap(({ rows }) => rows.gone),
    ),
    ...upsertRows(
      tables('rows'),
      ROW_COLUMNS,
      ['return_id'],
      differences.flatMap(({ rows }) => rows.changed),
    ),
    ...deleteRows(
      tables('codes'),
      'entry',
      differences.flatMap(({ codes }) => codes.gone),
    ),
    ...upsertRows(
      tables('codes'),
      CODE_COLUMNS,
      ['entry'],
      differences.flatMap(({ codes }) => codes.changed),
    ),
  ];
}

export const receivingQueueProjection: Projection<FoldedOrder> = {
  name: RECEIVING_QUEUE,
  version: 5,
  tables: [
    {
      name: 'rows',
      create: [
        `create table {{rows}} (return_id text primary key, order_id text not null, stage text not null,
          since text not null, requested_at text not null, station text,
          authorised integer not null, received integer not null, awaiting integer not null, awaiting_inspection integer not null,
          to_put_away integer not null, mismatches integer not null, surplus integer not null, blocked_restocks integer not null, details text not null)`,
        'create index {{rows}}_by_since on {{rows}} (since, return_id)',
        'create index {{rows}}_by_stage on {{rows}} (stage, since, return_id)',
      ],
    },
    {
      name: 'codes',
      create: [
        'create table {{codes}} (entry text primary key, code text not null, kind text not null, return_id text not null)',
        'create index {{codes}}_by_code on {{codes}} (code, kind)',
      ],
    },
  ],
  // Money moves nothing in the warehouse.
  handles: eventTypesOf('order', 'authorisation', 'parcel', 'custody'),
  fold: returnsFold,
  apply,
};
