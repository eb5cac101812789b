/** A small client of the HTTP API for the commands that work through the front door. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ImportResult } from '../orders/import/order-import.commands.js';

type ApiAnswer<Body> = {
  readonly status: number;
  readonly body: Body;
  readonly position: string | null;
  readonly replayed: boolean;
};

/** How a file of orders is to be read, and whether anything is to be written. */
type ImportOptions = {
  readonly mapping?: string;
  readonly format?: 'text/csv' | 'application/x-ndjson';
  readonly charset?: string | undefined;
  readonly dryRun?: boolean;
  /** Take ids that look spoiled by a spreadsheet. */
  readonly idsAsWritten?: boolean;
};
/** `rows` and `separator` of the file; the results come one by one, while it happens. */
type Imported = { readonly rows: number; readonly separator: string; readonly results: AsyncGenerator<ImportResult> };

/** A refusal by the service, in its own words. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(`${code} (${status}): ${detail}`);
  }
}

export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  get<Body>(path: string): Promise<ApiAnswer<Body>> {
    return this.#send('GET', path, undefined, {});
  }

  /** `idempotencyKey` makes sending it again harmless. */
  post<Body>(path: string, body: unknown, idempotencyKey?: string): Promise<ApiAnswer<Body>> {
    return this.#send('POST', path, body, idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey });
  }

  put<Body>(path: string, body: unknown): Promise<ApiAnswer<Body>> {
    return this.#send('PUT', path, body, {});
  }

  /** Streams orders in; answers when the whole file was read. @throws ApiProblem */
  async importOrders(
    orders: Readable,
    { mapping, format = 'text/csv', charset, dryRun = false, idsAsWritten = false }: ImportOptions,
  ): Promise<Imported> {
    const query = new URLSearchParams({
      ...(mapping === undefined ? {} : { mapping }),
      ...(dryRun ? { dryRun: 'true' } : {}),
      ...(idsAsWritten ? { idsAsWritten: 'true' } : {}),
    });
    const response = await fetch(new URL(`/v1/orders/import?${query.toString()}`, this.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': charset === undefined ? format : `${format}; charset=${charset}` },
      body: Readable.toWeb(orders) as ReadableStream,
      duplex: 'half',
    });
    if (!response.ok || response.body === null) {
      const problem = (await response.json()) as { code?: string; detail?: string; errors?: readonly { readonly detail: string }[] };
      throw new ApiProblem(
        response.status,
        problem.code ?? 'unknown',
        [problem.detail ?? response.statusText, ...(problem.errors ?? []).map((error) => error.detail)].join(' '),
      );
    }
    return {
      rows: Number(response.headers.get('x-import-rows') ?? 0),
      separator: decodeURIComponent(response.headers.get('x-import-separator') ?? ','),
      results: resultsIn(response.body),
    };
  }

  /** The lines of an answer in NDJSON, as they come. @throws ApiProblem; TypeError when the connection breaks off */
  async *lines<Line>(method: 'GET' | 'POST', path: string): AsyncGenerator<Line> {
    const response = await fetch(new URL(path, this.url), { method, headers: { authorization: `Bearer ${this.key}` } });
    if (!response.ok || response.body === null) {
      const problem = (await response.json()) as { code?: string; detail?: string };
      throw new ApiProblem(response.status, problem.code ?? 'unknown', problem.detail ?? response.statusText);
    }
    for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
      if (line !== '') yield JSON.parse(line) as Line;
    }
  }

  /** @throws ApiProblem for every answer that is no success */
  async #send<Body>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<ApiAnswer<Body>> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Body & { code?: string; detail?: string };
    if (!response.ok) throw new ApiProblem(response.status, answer.code ?? 'unknown', answer.detail ?? response.statusText);
    return {
      status: response.status,
      body: answer,
      position: response.headers.get('x-position'),
      replayed: response.headers.get('idempotency-replayed') === 'true',
    };
  }
}

async function* resultsIn(body: NonNullable<Response['body']>): AsyncGenerator<ImportResult> {
  for await (const line of createInterface({ input: Readable.fromWeb(body) })) {
    if (line !== '') yield JSON.parse(line) as ImportResult;
  }
}
