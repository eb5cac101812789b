/** A small client of the HTTP API for the commands that work through the front door. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

export type ApiAnswer<Body> = { readonly status: number; readonly body: Body; readonly position: string | null; readonly replayed: boolean };

/** One line of the answer of an import. */
export type ImportResult = {
  readonly orderId: string | null;
  readonly status: 'registered' | 'amended' | 'unchanged' | 'failed';
  readonly lines?: number;
  readonly detail?: string;
};

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
    return this.send('GET', path, undefined, {});
  }

  /** `idempotencyKey` makes sending it again harmless. */
  post<Body>(path: string, body: unknown, idempotencyKey?: string): Promise<ApiAnswer<Body>> {
    return this.send('POST', path, body, idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey });
  }

  put<Body>(path: string, body: unknown): Promise<ApiAnswer<Body>> {
    return this.send('PUT', path, body, {});
  }

  /** Streams orders in and yields what became of each order, while it happens. @throws ApiProblem */
  async *importOrders(orders: Readable, mapping: string, format: 'text/csv' | 'application/x-ndjson' = 'text/csv'): AsyncGenerator<ImportResult> {
    const response = await fetch(new URL(`/v1/orders/import?mapping=${encodeURIComponent(mapping)}`, this.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': format },
      body: Readable.toWeb(orders) as ReadableStream,
      duplex: 'half',
    });
    if (!response.ok || response.body === null) {
      const problem = (await response.json()) as { code?: string; detail?: string };
      throw new ApiProblem(response.status, problem.code ?? 'unknown', problem.detail ?? response.statusText);
    }
    for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
      if (line !== '') yield JSON.parse(line) as ImportResult;
    }
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
  private async send<Body>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<ApiAnswer<Body>> {
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
