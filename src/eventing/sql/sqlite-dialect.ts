import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely';
import { LRUCache } from 'lru-cache';
import { openSqlite, rollBack, type DatabaseSync, type SqliteOptions, type SqliteStatement, type SqliteValue } from './sqlite.js';

/** Kysely on one connection to a SQLite file; its own dialect expects another driver. */
export class SqliteDialect implements Dialect {
  constructor(
    private readonly file: string,
    private readonly options: SqliteOptions = {},
  ) {}

  createDriver(): Driver {
    return new SqliteDriver(this.file, this.options);
  }
  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }
  createAdapter(): SqliteAdapter {
    return new SqliteAdapter();
  }
  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}

class SqliteDriver implements Driver {
  #connection: SqliteConnection | undefined;
  /** The connection is handed on in the order it was asked for. */
  #turn: Promise<void> = Promise.resolve();
  #endTurn: () => void = () => undefined;

  constructor(
    private readonly file: string,
    private readonly options: SqliteOptions = {},
  ) {}

  async init(): Promise<void> {
    this.#connection = new SqliteConnection(openSqlite(this.file, this.options));
  }

  async acquireConnection(): Promise<SqliteConnection> {
    const before = this.#turn;
    let end = (): void => undefined;
    this.#turn = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    this.#endTurn = end;
    if (this.#connection === undefined) throw new Error(`${this.file} is closed`);
    return this.#connection;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }
  async rollbackTransaction(): Promise<void> {
    this.#connection?.rollBack();
  }
  async releaseConnection(): Promise<void> {
    this.#endTurn();
  }
  async destroy(): Promise<void> {
    await this.#turn;
    this.#connection?.close();
    this.#connection = undefined;
  }
}

type Prepared = { readonly statement: SqliteStatement; readonly returnsRows: boolean };

class SqliteConnection implements DatabaseConnection {
  readonly #statements = new LRUCache<string, Prepared>({ max: 500 });

  constructor(private readonly database: DatabaseSync) {}

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { statement, returnsRows } = this.#prepare(sql);
    const values = parameters.map(toSqlite);
    // Kysely types its rows by the query; SQLite cannot know better.
    if (returnsRows) return { rows: statement.all(...values) as Row[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) };
  }

  async *streamQuery<Row>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    for (const row of this.#prepare(sql).statement.iterate(...parameters.map(toSqlite))) yield { rows: [row as Row] };
  }

  rollBack(): void {
    rollBack(this.database);
  }

  close(): void {
    this.#statements.clear();
    this.database.close();
  }

  #prepare(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

function toSqlite(value: unknown): SqliteValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint8Array)
    return value;
  throw new TypeError(`SQLite cannot store ${value === undefined ? 'undefined' : typeof value}`);
}
