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
    const response = await this.#fetch(`/v1/orders/import?${query.toString()}`, {
      method: 'POST',
      headers: { 'content-type': charset === undefined ? format : `${format}; charset=${charset}` },
      body: Readable.toWeb(orders) as ReadableStream,
      duplex: 'half',
    });
    return {
      rows: Number(response.headers.get('x-import-rows') ?? 0),
      separator: decodeURIComponent(response.headers.get('x-import-separator') ?? ','),
      results: linesIn<ImportResult>(response),
    };
  }

  /** The lines of an answer in NDJSON, as they come. @throws ApiProblem; TypeError when the connection breaks off */
  async *lines<Line>(method: 'GET' | 'POST', path: string): AsyncGenerator<Line> {
    yield* linesIn<Line>(await this.#fetch(path, { method }));
  }

  async #send<Body>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<ApiAnswer<Body>> {
    const sent: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await this.#fetch(path, { method, headers: { ...sent, ...headers }, body: JSON.stringify(body) });
    return {
      status: response.status,
      body: (await response.json()) as Body,
      position: response.headers.get('x-position'),
      replayed: response.headers.get('idempotency-replayed') === 'true',
    };
  }

  /** @throws ApiProblem for every answer that is no success */
  async #fetch(path: string, { headers, ...init }: RequestInit & { readonly duplex?: 'half' }): Promise<Response> {
    const response = await fetch(new URL(path, this.url), { ...init, headers: { authorization: `Bearer ${this.key}`, ...headers } });
    if (response.ok) return response;
    const { code = 'unknown', detail = response.statusText, errors = [] } = (await response.json()) as Refusal;
    throw new ApiProblem(response.status, code, [detail, ...errors.map((error) => error.detail)].join(' '));
  }
}

type Refusal = { readonly code?: string; readonly detail?: string; readonly errors?: readonly { readonly detail: string }[] };

async function* linesIn<Line>({ body }: Response): AsyncGenerator<Line> {
  if (body === null) return;
  for await (const line of createInterface({ input: Readable.fromWeb(body) })) {
    if (line !== '') yield JSON.parse(line) as Line;
  }
}
