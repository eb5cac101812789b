import { sql } from 'kysely';
import type { Fold, Projection } from '../../src/eventing/projection.js';
import { statement, upsertRows } from '../../src/eventing/sql/statement.js';
import { counterModel, type Counter, type CounterEvent } from './counter-model.js';

export const counterFold: Fold<Counter> = {
  types: new Set(['Counted', 'Cleared']),
  evolve: (counter, { type, data }) =>
    counterModel.decider.evolve(counter ?? counterModel.decider.initialState, { type, data } as CounterEvent),
};

/** One row per counter, and how often anything was counted by size: rows that replace and sums that grow. */
export const counterProjection: Projection<Counter> = {
  name: 'counters',
  version: 1,
  tables: [
    {
      name: 'rows',
      create: ['create table {{rows}} (id text primary key, total integer not null)', 'create index {{rows}}_by_total on {{rows}} (total)'],
    },
    { name: 'sizes', create: ['create table {{sizes}} (size integer primary key, times integer not null)'] },
  ],
  fold: counterFold,
  handles: new Set(['Counted', 'Cleared']),
  apply: (changes, tables) => [
    ...upsertRows(
      tables('rows'),
      ['id', 'total'],
      ['id'],
      changes.map(({ streamId, after }) => ({ id: streamId, total: after.total })),
    ),
    ...changes
      .flatMap(({ events }) => events)
      .map(({ data }) =>
        statement(sql`insert into ${sql.table(tables('sizes'))} (size, times) values (${data['by'] ?? 0}, 1)
        on conflict (size) do update set times = ${sql.ref(`${tables('sizes')}.times`)} + 1`),
      ),
  ],
};
