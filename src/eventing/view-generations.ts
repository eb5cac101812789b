/**
 * Builds of views in the database. Every build (a generation) has tables of its own, a checkpoint and the identity of
 * the log it was built from; one row per view says which build queries read.
 */
import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import type { Position } from './event-store.js';
import type { Projection, TableNames } from './projection.js';
import type { Database } from './sql/database.js';
import { createTable } from './sql/table.js';

/** What is stored of a build. */
export type Generation = {
  readonly view: string;
  readonly generation: number;
  readonly version: number;
  /** Hash of the table definitions: builds of the same shape answer the same queries. */
  readonly shape: string;
  /** Physical names, so that a build of an older release can be dropped. */
  readonly tables: readonly string[];
  readonly logIdentity: string;
  readonly position: Position | 'start';
  /** All events passed, and those that concerned the view. */
  readonly eventsSeen: number;
  readonly eventsApplied: number;
  /** Epoch milliseconds when the view last agreed with the log's head (at first: when the build was begun). */
  readonly agreedMs: number;
  readonly active: boolean;
};

/** `min` or more of the log has been seen at `position`. */
export function hasReached(position: Position | 'start', min: Position | 'start'): boolean {
  return min === 'start' || (position !== 'start' && position >= min);
}

/** Seconds since a build last agreed with the log whose end is `head`; 0 when it does, or is not there yet. */
export function lagOf(generation: Generation | undefined, head: Position | 'start'): number {
  return generation === undefined || hasReached(generation.position, head) ? 0 : Math.max(0, Date.now() - generation.agreedMs) / 1000;
}

/** The parts of a projection that do not depend on the type of its states. */
export type ViewDefinition = Pick<Projection<never>, 'name' | 'version' | 'tables' | 'handles'>;

/** Another runner moved the checkpoint, or the build is gone: this runner must stop. */
export class CheckpointMovedError extends Error {
  override readonly name = 'CheckpointMovedError';
  constructor(readonly views: readonly string[]) {
    super(`Another runner has moved the checkpoint of ${views.join(', ')}; only one may run`);
  }
}

export function tableNames(view: string, generation: number): TableNames {
  return (logical) => `${view.replaceAll('-', '_')}_g${generation}_${logical}`;
}

export function shapeOf(definition: ViewDefinition): string {
  return createHash('sha256').update(JSON.stringify(definition.tables)).digest('hex');
}

type Row = {
  readonly view: string;
  readonly generation: number;
  readonly version: number;
  readonly shape: string;
  readonly tables: string;
  readonly log_identity: string;
  readonly position: string;
  readonly events_seen: number | string;
  readonly events_applied: number | string;
  readonly agreed_ms: number | string;
  readonly active: number | null;
};

/** All builds of a view, oldest first. */
export async function generationsOf(db: Kysely<unknown>, view: string): Promise<readonly Generation[]> {
  const { rows } = await sql<Row>`select g.view, g.generation, g.version, g.shape, g.tables, g.log_identity, g.position, g.events_seen,
    g.events_applied, g.agreed_ms, a.generation as active from view_generations g left join active_views a on a.view = g.view and a.generation = g.generation
    where g.view = ${view} order by g.generation`.execute(db);
  return rows.map(toGeneration);
}

function toGeneration(row: Row): Generation {
  const tables: unknown = JSON.parse(row.tables);
  return {
    view: row.view,
    generation: row.generation,
    version: row.version,
    shape: row.shape,
    tables: Array.isArray(tables) ? tables.map(String) : [],
    logIdentity: row.log_identity,
    position: row.position as Position | 'start',
    // PostgreSQL's driver gives bigint as text.
    eventsSeen: Number(row.events_seen),
    eventsApplied: Number(row.events_applied),
    agreedMs: Number(row.agreed_ms),
    active: row.active !== null,
  };
}

/** The build that answers queries written for this release: the active one, unless its tables look different. */
export function readableGeneration(definition: ViewDefinition, generations: readonly Generation[]): Generation | undefined {
  const active = generations.find((each) => each.active);
  return active !== undefined && (active.version === definition.version || active.shape === shapeOf(definition)) ? active : undefined;
}

/** Makes the tables of a new build. Queries do not read it before it is activated. */
export async function createGeneration(database: Database, definition: ViewDefinition, logIdentity: string): Promise<Generation> {
  const { name: view, version } = definition;
  return database.write.transaction().execute(async (db) => {
    const earlier = await generationsOf(db, view);
    const generation = (earlier.at(-1)?.generation ?? 0) + 1;
    const tables = tableNames(view, generation);
    const physical = definition.tables.map((table) => tables(table.name));
    for (const table of definition.tables) await createTable(db, table, tables);
    await sql`insert into view_generations (view, generation, version, shape, tables, log_identity, position, events_seen, events_applied, agreed_ms)
      values (${view}, ${generation}, ${version}, ${shapeOf(definition)}, ${JSON.stringify(physical)}, ${logIdentity}, 'start', 0, 0, ${Date.now()})`.execute(
      db,
    );
    const created = (await generationsOf(db, view)).at(-1);
    if (created === undefined) throw new Error(`The build of ${view} could not be made`);
    return created;
  });
}

/** From here on queries read this build; all others are dropped. One transaction. */
export async function activateGeneration(database: Database, chosen: Generation): Promise<void> {
  await database.write.transaction().execute(async (db) => {
    await sql`insert into active_views (view, generation) values (${chosen.view}, ${chosen.generation})
      on conflict (view) do update set generation = excluded.generation`.execute(db);
    for (const other of await generationsOf(db, chosen.view)) if (other.generation !== chosen.generation) await drop(db, other);
  });
}

export async function dropGeneration(database: Database, generation: Generation): Promise<void> {
  await database.write.transaction().execute((db) => drop(db, generation));
}

async function drop(db: Kysely<unknown>, { view, generation, tables }: Generation): Promise<void> {
  for (const table of tables) await sql`drop table if exists ${sql.table(table)}`.execute(db);
  await sql`delete from view_generations where view = ${view} and generation = ${generation}`.execute(db);
}

export type Checkpoint = {
  readonly position: Position | 'start';
  readonly eventsSeen: number;
  readonly eventsApplied: number;
  readonly agreedMs: number;
};

/** One build's checkpoint, from where this runner left it. */
export type CheckpointMove = {
  readonly of: Pick<Generation, 'view' | 'generation'>;
  readonly from: Position | 'start';
  readonly to: Checkpoint;
};

/**
 * Compare-and-set inside the transaction that changes the rows: all of them or none.
 * @throws CheckpointMovedError
 */
export async function moveCheckpoints(db: Kysely<unknown>, moves: readonly CheckpointMove[]): Promise<void> {
  const rows = moves.map(
    ({ of, from, to }) =>
      sql`(${of.view}, ${of.generation}, ${from}, ${to.position}, ${to.eventsSeen}, ${to.eventsApplied}, ${to.agreedMs})`,
  );
  const { numAffectedRows } =
    await sql`with moved (view, generation, was, position, events_seen, events_applied, agreed_ms) as (values ${sql.join(rows)})
    update view_generations set position = moved.position, events_seen = moved.events_seen, events_applied = moved.events_applied,
      agreed_ms = moved.agreed_ms
    from moved where view_generations.view = moved.view and view_generations.generation = moved.generation
      and view_generations.position = moved.was`.execute(db);
  if (Number(numAffectedRows ?? 0) === moves.length) return;
  const lost: string[] = [];
  for (const { of, from } of moves) {
    const is = (await generationsOf(db, of.view)).find(({ generation }) => generation === of.generation);
    if (is?.position !== from) lost.push(of.view);
  }
  throw new CheckpointMovedError(lost);
}

/** Empties the tables of a build that has not come to its first checkpoint. */
export async function emptyTables(db: Kysely<unknown>, { tables }: Generation): Promise<void> {
  for (const table of tables) await sql`delete from ${sql.table(table)}`.execute(db);
}
