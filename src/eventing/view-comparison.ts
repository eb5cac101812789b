/**
 * Proves views: builds them once more from the log, up to the position the builds in use stand at, and compares their rows.
 * The database does the comparing, so it works for any number of rows; what is in use is not touched.
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
/** What came of a view: `failed` says in words why it could not be compared. */
export type ViewOutcome = ViewComparison | { readonly view: string; readonly failed: string };

const MOST_DIFFERENCES = 20;
/** How often the new build follows a view that moves on meanwhile. */
const ATTEMPTS = 5;

/** A view with the build in use and the one made to compare it with. */
type Pair<State> = { readonly projection: Projection<State>; inUse: Generation; built: Generation; attempts: number };

/**
 * Builds all of these in one pass over the log, which pauses where builds in use stand so that they are compared there.
 * @param report called with the number of events that have been seen
 * @returns in the order of the projections
 * @throws StoreUnavailableError the log or the views cannot be read now @throws the signal's reason
 */
export async function compareWithLog<State>(
  projections: readonly Projection<State>[],
  context: RunnerContext,
  report: (eventsSeen: number) => void,
  signal: AbortSignal,
): Promise<readonly ViewOutcome[]> {
  const { database, store } = context;
  const outcomes = new Map<string, ViewOutcome>();
  const pairs = new Set<Pair<State>>();
  const fail = (view: string, failed: string): void => void outcomes.set(view, { view, failed });
  const identity = await store.identity();
  try {
    for (const projection of projections) {
      const inUse = await generationInUse(database.read, projection);
      if (inUse === undefined) fail(projection.name, `View ${projection.name} has never been built`);
      else pairs.add({ projection, inUse, built: await createGeneration(database, projection, identity), attempts: 0 });
    }
    for (let left = [...pairs]; left.length > 0; left = left.filter(({ projection: { name } }) => !outcomes.has(name))) {
      const last = left.map(({ inUse }) => inUse.position).reduce((first, each) => (hasReached(first, each) ? each : first));
      await buildUpTo(left, last, context, report, signal, fail);
      const there = left.filter((pair) => pair.inUse.position === last && !outcomes.has(pair.projection.name));
      for (const outcome of await compareAt(last, there, context)) outcomes.set(outcome.view, outcome);
    }
  } finally {
    for (const { built } of pairs) await dropGeneration(database, built);
  }
  return projections.flatMap(({ name }) => outcomes.get(name) ?? []);
}

async function generationInUse<State>(db: Kysely<unknown>, projection: Projection<State>): Promise<Generation | undefined> {
  return readableGeneration(projection, await generationsOf(db, projection.name));
}

/** What all of them say at one moment. Those whose builds in use have moved on are noted as such, and followed. */
async function compareAt<State>(
  position: Position | 'start',
  pairs: readonly Pair<State>[],
  { database }: RunnerContext,
): Promise<readonly ViewOutcome[]> {
  return database.snapshot(async (db) => {
    const found: ViewOutcome[] = [];
    for (const pair of pairs) {
      const { name: view } = pair.projection;
      pair.inUse = (await generationInUse(db, pair.projection)) ?? pair.inUse;
      if (pair.inUse.position === position) found.push({ view, position, ...(await differences(db, pair)) });
      else if ((pair.attempts += 1) === ATTEMPTS)
        found.push({ view, failed: `View ${view} moves on faster than it can be compared; try again when less is going on` });
    }
    return found;
  });
}

/** Builds that are further already stay as they are. */
async function buildUpTo<State>(
  pairs: readonly Pair<State>[],
  last: Position | 'start',
  context: RunnerContext,
  report: (eventsSeen: number) => void,
  signal: AbortSignal,
  fail: (view: string, reason: string) => void,
): Promise<void> {
  signal.throwIfAborted();
  const waiters = new Waiters();
  const building = pairs.flatMap((pair) =>
    hasReached(pair.built.position, last) ? [] : [{ pair, build: new Build(pair.projection, pair.built, waiters) }],
  );
  const [first] = building;
  if (first === undefined || last === 'start') return;
  const builds = building.map(({ build }) => build);
  const runner = new ProjectionRunner(first.pair.projection.fold, builds, { ...context, store: endingAt(context.store, last) }, waiters);
  const stopReporting = waiters.watch(() => report(Math.max(...builds.map(({ checkpoint }) => checkpoint.eventsSeen))));
  const leave = (): void => {
    void runner.release(builds).then(() => builds.forEach((build) => build.end()));
  };
  signal.addEventListener('abort', leave);
  runner.start();
  try {
    await Promise.all(builds.map((build) => build.reaches(last, Infinity)));
  } finally {
    signal.removeEventListener('abort', leave);
    stopReporting();
    await runner.release(builds);
  }
  signal.throwIfAborted();
  for (const { pair, build } of building) {
    pair.built = { ...pair.built, ...build.checkpoint };
    if (!hasReached(build.position, last))
      fail(pair.projection.name, build.error?.message ?? `View ${pair.projection.name} could not be built up to ${last}`);
  }
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
  { projection, inUse, built }: Pair<State>,
): Promise<Pick<ViewComparison, 'rows' | 'differences'>> {
  const found: RowDifference[] = [];
  let rows = 0;
  for (const { name: table, columns: all, bookkeeping = [] } of projection.tables) {
    const columns = sql.join(Object.keys(all).flatMap((column) => (bookkeeping.includes(column) ? [] : sql.ref(column))));
    const [shown, right] = [inUse, built].map(({ generation }) => sql.table(tableNames(projection.name, generation)(table)));
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
