import { LRUCache } from 'lru-cache';
import { sql, type Kysely } from 'kysely';
import { evenChunks, upsertRows } from './sql/statement.js';

/** Characters of JSON whose parsed documents a view keeps in memory. */
const CACHED_CHARACTERS = 16 * 1024 * 1024;

/** The working memory of one build of a view: its documents as JSON in a table, the most recently used ones parsed. */
export class Documents<Doc> {
  readonly #cache: LRUCache<string, { readonly document: Doc; readonly characters: number }>;

  constructor(
    private readonly table: string,
    cachedCharacters = CACHED_CHARACTERS,
  ) {
    this.#cache = new LRUCache({ maxSize: Math.max(1, cachedCharacters), sizeCalculation: ({ characters }) => Math.max(1, characters) });
  }

  /** The stored documents among `ids`. */
  async load(db: Kysely<unknown>, ids: readonly string[]): Promise<Map<string, Doc>> {
    const found = new Map<string, Doc>();
    const missing: string[] = [];
    for (const id of ids) {
      const cached = this.#cache.get(id);
      if (cached === undefined) missing.push(id);
      else found.set(id, cached.document);
    }
    for (const chunk of evenChunks(missing)) {
      const { rows } = await sql<{ id: string; body: string }>`select id, body from ${sql.table(this.table)} where id in (${sql.join(chunk)})`.execute(db);
      for (const { id, body } of rows) {
        // Written by `store` below from a document of the same projection version.
        const document = JSON.parse(body) as Doc;
        found.set(id, document);
        this.#cache.set(id, { document, characters: body.length });
      }
    }
    return found;
  }

  /** Writes documents; call `keep` with the result once the transaction is committed. */
  async store(db: Kysely<unknown>, documents: readonly { readonly id: string; readonly after: Doc }[]): Promise<() => void> {
    const written = documents.map(({ id, after }) => ({ id, document: after, body: JSON.stringify(after) }));
    for (const query of upsertRows(this.table, ['id', 'body'], ['id'], written)) await db.executeQuery(query);
    return () => {
      for (const { id, document, body } of written) this.#cache.set(id, { document, characters: body.length });
    };
  }

  /** After a failed transaction nothing in memory can be trusted to be what is stored. */
  forget(): void {
    this.#cache.clear();
  }
}
