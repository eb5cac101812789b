import { sql, type Migration } from 'kysely';

/** The runner's own tables, in steps that are never edited once released. Tables of views are made by the runner. */
export const migrations: Record<string, Migration> = {
  '001-generations': {
    async up(db) {
      // One row per build of a view; `position` is its checkpoint and only moves together with its rows. Its documents
      // are written at least up to `documents_position`.
      await sql`create table view_generations (
        view text not null, generation integer not null, version integer not null, shape text not null, tables text not null,
        log_identity text not null, position text not null, documents_position text not null, events_seen bigint not null, events_applied bigint not null,
        agreed_ms bigint not null, primary key (view, generation))`.execute(db);
      // Which build queries read; a rebuild ends by changing this one row.
      await sql`create table active_views (view text primary key, generation integer not null)`.execute(db);
    },
  },
};
