import { sql, type Migration } from 'kysely';

/** The runner's own tables, in steps that are never edited once released. Tables of views are made by the runner. */
export const migrations: Record<string, Migration> = {
  '001-generations': {
    async up(db) {
      // One row per build of a view; `position` is its checkpoint and only moves together with its rows.
      await sql`create table view_generations (
        view text not null, generation integer not null, version integer not null, shape text not null, tables text not null,
        log_identity text not null, position text not null, documents_position text not null, events_seen bigint not null, events_applied bigint not null,
        agreed_ms bigint not null, primary key (view, generation))`.execute(db);
      // Which build queries read; a rebuild ends by changing this one row.
      await sql`create table active_views (view text primary key, generation integer not null)`.execute(db);
    },
  },
  '002-no-documents': {
    async up(db) {
      const { rows } = await sql<{
        view: string;
        generation: number;
        tables: string;
      }>`select view, generation, tables from view_generations`.execute(db);
      for (const { view, generation, tables } of rows) {
        const names = JSON.parse(tables) as string[];
        const kept = names.filter((name) => !name.endsWith('_documents'));
        for (const name of names) if (!kept.includes(name)) await sql`drop table ${sql.table(name)}`.execute(db);
        await sql`update view_generations set tables = ${JSON.stringify(kept)} where view = ${view} and generation = ${generation}`.execute(
          db,
        );
      }
      await sql`alter table view_generations drop column documents_position`.execute(db);
    },
  },
};
