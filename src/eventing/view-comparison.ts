/**
 * Proves a view: builds it once more from the log, up to the position the build in use stands at, and compares their
 * rows. The database does the comparing, so it works for any number of rows; what is in use is not touched.
 */
import { sql, type Kysely } from 'kysely';
import { Build } from './build.js';
import type { EventBatch, EventReader, Position } from './event-store.js';
import { ProjectionRunner, type RunnerContext } from './projection-runner.js';
import type { Projection } from './projection.js';
import {
  createGeneration,
  dropGeneration,
  generationsOf,
  hasReached,
  readableGeneration,
  tableNames,
  type Generation,
} from './view-generations.js';
import { Waiters } from './waiters.js';

/** A row that only one of the two builds has. `unexpected`: the view has it, the log does not give it; `missing`: the reverse. */
export type RowDifference = {
  readonly table: string;
  readonly kind: 'unexpected' | 'missing';
  readonly row: Readonly<Record<string, unknown>>;
};
export type ViewComparison = {
  readonly view: string;
  /** Where the compared build stands. */
  readonly position: Position | 'start';
  /** Rows of the view, over all tables. */
  readonly rows: number;
  /** At most `MOST_DIFFERENCES` of a kind per table. */
  readonly differences: readonly RowDifference[];
};

const MOST_DIFFERENCES = 20;
/** How often the new build follows a view that moves on meanwhile. */
const ATTEMPTS = 5;

/**
 * @param report called with the number of events the new build has seen
 * @throws ProjectionFailedError an event cannot be applied
 * @throws Error the view was never built, or moves on faster than it can be compared
 */
export async function compareWithLog<State>(
  projection: Projection<State>,
  context: RunnerContext,
  report: (eventsSeen: number) => void,
): Promise<ViewComparison> {
  const { database, store } = context;
  const own = async (db: Kysely<unknown>): Promise<Generation> => {
    const readable = readableGeneration(
      projection,
      (await generationsOf(db, projection.name)).filter((each) => each.generation !== built?.generation),
    );
    if (readable === undefined) throw new Error(`View ${projection.name} has never been built`);
    return readable;
  };
  let built: Generation | undefined;
  let inUse = await own(database.read);
  built = await createGeneration(database, projection, await store.identity());
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      built = await buildUpTo(projection, built, inUse.position, context, report);
      const { generation } = built;
      const { position } = inUse;
      const compared = await database.snapshot(async (db) => {
        inUse = await own(db);
        return inUse.position === position ? differences(db, projection, inUse.generation, generation) : undefined;
      });
      if (compared !== undefined) return { view: projection.name, position, ...compared };
    }
    throw new Error(`View ${projection.name} moves on faster than it can be compared; try again when less is going on`);
  } finally {
    await dropGeneration(database, built);
  }
}

async function buildUpTo<State>(
  projection: Projection<State>,
  generation: Generation,
  last: Position | 'start',
  context: RunnerContext,
  report: (eventsSeen: number) => void,
): Promise<Generation> {
  if (last === 'start' || hasReached(generation.position, last)) return generation;
  const build = new Build(projection, generation, new Waiters());
  const runner = new ProjectionRunner(projection.fold, [build], { ...context, store: endingAt(context.store, last) }, build.waiters);
  const stopReporting = build.watch(() => report(build.checkpoint.eventsSeen));
  runner.start();
  try {
    if (!(await build.reaches(last, Infinity))) throw build.error ?? new Error(`View ${projection.name} could not be built up to ${last}`);
  } finally {
    stopReporting();
    await runner.release([build]);
  }
  return { ...generation, ...build.checkpoint };
}

/** The log as it was when `last` was its end. */
function endingAt(store: EventReader, last: Position): EventReader {
  return {
    ...(store.streams && { streams: store.streams.bind(store) }),
    identity: () => store.identity(),
    readStream: (...read) => store.readStream(...read),
    head: async () => last,
    async *subscribe(after, options): AsyncGenerator<EventBatch> {
      for await (const batch of store.subscribe(after, options)) {
        const isLast = batch.upTo >= last || batch.caughtUp;
        yield isLast ? { events: batch.events.filter((event) => event.position <= last), upTo: last, caughtUp: true } : batch;
        if (isLast) return;
      }
    },
  };
}

async function differences<State>(
  db: Kysely<unknown>,
  projection: Projection<State>,
  inUse: number,
  built: number,
): Promise<Pick<ViewComparison, 'rows' | 'differences'>> {
  const found: RowDifference[] = [];
  let rows = 0;
  for (const { name: table, columns: all, bookkeeping = [] } of projection.tables) {
    const columns = sql.join(Object.keys(all).flatMap((column) => (bookkeeping.includes(column) ? [] : sql.ref(column))));
    const [shown, right] = [inUse, built].map((generation) => sql.table(tableNames(projection.name, generation)(table)));
    const only = async (kind: RowDifference['kind'], these: typeof shown, others: typeof right): Promise<void> => {
      const result = await sql<
        Readonly<Record<string, unknown>>
      >`select * from (select ${columns} from ${these} except select ${columns} from ${others}) as different limit ${MOST_DIFFERENCES}`.execute(
        db,
      );
      found.push(...result.rows.map((row) => ({ table, kind, row })));
    };
    await only('unexpected', shown, right);
    await only('missing', right, shown);
    const counted = await sql<{ count: number | string }>`select count(*) as count from ${shown}`.execute(db);
    rows += Number(counted.rows[0]?.count ?? 0);
  }
  return { rows, differences: found };
}
