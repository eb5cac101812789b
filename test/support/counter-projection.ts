import type { Fold, Projection } from '../../src/eventing/projection.js';
import { integer, table, text } from '../../src/eventing/sql/table.js';
import { add, put } from '../../src/eventing/sql/write.js';
import { counterModel, type Counter, type CounterEvent } from './counter-model.js';

export const counterFold: Fold<Counter> = {
  types: new Set(['Counted', 'Cleared']),
  evolve: (counter, { type, data }) =>
    counterModel.decider.evolve(counter ?? counterModel.decider.initialState, { type, data } as CounterEvent),
};

const ROWS = table({
  name: 'rows',
  columns: { id: text(), total: integer() },
  key: ['id'],
  indexes: { by_total: { on: ['total'] } },
});
const SIZES = table({ name: 'sizes', columns: { size: integer(), times: integer() }, key: ['size'], clustered: true });

/** One row per counter, and how often anything was counted by size: rows that replace and sums that grow. */
export const counterProjection: Projection<Counter> = {
  name: 'counters',
  version: 1,
  tables: [ROWS, SIZES],
  fold: counterFold,
  handles: new Set(['Counted', 'Cleared']),
  apply: (changes) => [
    put(
      ROWS,
      changes.map(({ streamId, after }) => ({ id: streamId, total: after.total })),
    ),
    add(
      SIZES,
      changes.flatMap(({ events }) => events).map(({ data }) => ({ size: Number(data['by'] ?? 0), times: 1 })),
    ),
  ],
};
