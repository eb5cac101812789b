/** A SQLite file in which the service keeps something beside the log: made at first start, safe against a power cut. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { inTransaction, openSqlite, type DatabaseSync } from '../eventing/sql/sqlite.js';
import { storeFaultOf } from '../eventing/store-faults.js';

/** `work` answers with what settles it once its transaction is on disk. */
type Waiting = { readonly work: () => () => void; readonly failed: (error: unknown) => void };

export class KeptFile {
  readonly database: DatabaseSync;
  #queue: Waiting[] = [];

  /** @param path `:memory:` for one that forgets @param schema statements that change nothing when they are run again */
  constructor(path: string, schema: string) {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.database = openSqlite(path, { synchronous: 'FULL' });
    this.database.exec(schema);
  }

  /** What comes in together shares one transaction and one wait for the disk; what `work` itself refuses is its own alone. */
  inGroup<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, failed) => {
      if (this.#queue.length === 0) setImmediate(() => this.#flush());
      this.#queue.push({
        work: () => {
          const result = work();
          return () => resolve(result);
        },
        failed,
      });
    });
  }

  close(): void {
    this.#flush();
    if (this.database.isOpen) this.database.close();
  }

  #flush(): void {
    const queue = this.#queue;
    this.#queue = [];
    if (queue.length === 0) return;
    try {
      const settled = inTransaction(this.database, () => queue.map(attempted));
      for (const settle of settled) settle();
    } catch (error) {
      for (const { failed } of queue) failed(error);
    }
  }
}

/** A fault of the disk has ended the transaction of all. */
function attempted({ work, failed }: Waiting): () => void {
  try {
    return work();
  } catch (error) {
    if (storeFaultOf(error) !== undefined) throw error;
    return () => failed(error);
  }
}

/** Work of its own accord, that is done the next time where disk or file stand in the way. */
export function unlessHeldUp(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (storeFaultOf(error) === undefined) throw error;
  }
}
