import { sql, type Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Position } from './event-store.js';
import { evenChunks, upsertRows } from './sql/statement.js';

/** Characters of JSON whose parsed documents a view keeps in memory. */
const CACHED_CHARACTERS = 16 * 1024 * 1024;
/** Documents written in one go; keeps a transaction at a few milliseconds. */
const WRITTEN_TOGETHER = 64;

/** A document and the last event folded into it. */
export type Held<Doc> = { readonly document: Doc; readonly position: Position };

/**
 * The working memory of one build of a view. Changed documents are held in memory and written later than the rows, many
 * changes at once (docs/decisions/021); each carries its own position, so events can be folded again without counting twice.
 */
export class Documents<Doc> {
  readonly #unwritten = new Map<string, Held<Doc>>();
  readonly #written: LRUCache<string, Held<Doc> & { readonly characters: number }>;

  constructor(
    private readonly table: string,
    cachedCharacters = CACHED_CHARACTERS,
  ) {
    this.#written = new LRUCache({ maxSize: Math.max(1, cachedCharacters), sizeCalculation: ({ characters }) => Math.max(1, characters) });
  }

  /** How many documents are newer in memory than in the table. */
  get unwritten(): number {
    return this.#unwritten.size;
  }

  /** Those of `ids` that exist. */
  async load(db: Kysely<unknown>, ids: readonly string[]): Promise<ReadonlyMap<string, Held<Doc>>> {
    const found = new Map<string, Held<Doc>>();
    const missing: string[] = [];
    for (const id of ids) {
      const held = this.#unwritten.get(id) ?? this.#written.get(id);
      if (held === undefined) missing.push(id);
      else found.set(id, held);
    }
    for (const chunk of evenChunks(missing)) {
      const { rows } = await sql<{ id: string; body: string; position: string }>`select id, body, position from ${sql.table(this.table)}
        where id in (${sql.join(chunk)})`.execute(db);
      for (const { id, body, position } of rows) {
        // Written below from a document of the same projection version.
        const held = { document: JSON.parse(body) as Doc, position: position as Position };
        found.set(id, held);
        this.#written.set(id, { ...held, characters: body.length });
      }
    }
    return found;
  }

  /** Takes note of a document after the rows computed from it are committed. */
  keep(id: string, held: Held<Doc>): void {
    this.#unwritten.set(id, held);
    this.#written.delete(id);
  }

  /** Writes some of what is unwritten; call the result once the transaction is committed. */
  async write(db: Kysely<unknown>): Promise<() => void> {
    const rows = [...take(this.#unwritten, WRITTEN_TOGETHER)].map(([id, held]) => ({
      id,
      held,
      body: JSON.stringify(held.document),
      position: held.position,
    }));
    for (const query of upsertRows(this.table, ['id', 'body', 'position'], ['id'], rows)) await db.executeQuery(query);
    return () => {
      for (const { id, held, body } of rows) {
        this.#unwritten.delete(id);
        this.#written.set(id, { ...held, characters: body.length });
      }
    };
  }
}

function* take<Item>(items: Iterable<Item>, count: number): Generator<Item> {
  let taken = 0;
  for (const item of items) {
    if (taken === count) return;
    taken += 1;
    yield item;
  }
}
