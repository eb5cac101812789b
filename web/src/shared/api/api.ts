/**
 * The service's API with the types of its own description (`npm run build:client` generates them). One client per area:
 * a customer and a clerk may be signed in side by side in one browser, and the CSRF token says whose request it is.
 */
import createClient, { type Client, type Middleware } from 'openapi-fetch';
import { v4 as uuid } from 'uuid';
import { ApiProblem, problemIn } from './problem';
import { queryClient } from './queries';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Area = 'customer' | 'staff';
type Api = Client<paths, 'application/json'>;

const UNAUTHENTICATED = 401;
const FORBIDDEN = 403;
/** Under which the sessions of this browser are kept; see `session.ts`. */
export const SESSION_KEY = ['session'];

const tokens = new Map<Area, string>();
/** The newest position this page knows of, written by itself or heard of: views are asked to have reached it before they answer. */
const known = new Map<Area, string>();

/** Told by the session: see `session.ts`. */
export function setToken(area: Area, csrfToken: string | null): void {
  if (csrfToken === null) tokens.delete(area);
  else tokens.set(area, csrfToken);
}

/** Headers for what does not go through the client: uploads, event streams, downloads. */
export function headersOf(area: Area): Record<string, string> {
  const token = tokens.get(area);
  return { 'accept-language': document.documentElement.lang, ...(token === undefined ? {} : { 'x-csrf-token': token }) };
}

/** As `headersOf`, for what is read: the answer must know of what this page knows of. */
export function readingHeadersOf(area: Area): Record<string, string> {
  const position = known.get(area);
  return { ...headersOf(area), ...(position === undefined ? {} : { 'x-min-position': position }) };
}

/** Something has happened at this position of the log: what is read from now on must know of it. */
export function knowOf(area: Area, position: string): void {
  if (position > (known.get(area) ?? '')) known.set(area, position);
}

/** Takes from an answer what the page must know, whatever it answers: also for what does not go through the client. */
export function heed(area: Area, { status, headers }: Response): void {
  // The session is over, or another tab has opened a new one: whoever shows who is signed in finds out.
  if (status === UNAUTHENTICATED || status === FORBIDDEN) void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
  const position = headers.get('x-position');
  if (position !== null) knowOf(area, position);
}

const middlewareOf = (area: Area): Middleware => ({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(request.method === 'GET' ? readingHeadersOf(area) : headersOf(area)))
      request.headers.set(name, value);
    return request;
  },
  onResponse({ response }) {
    heed(area, response);
    return undefined;
  },
});

function clientOf(area: Area): Api {
  const client = createClient<paths, 'application/json'>({ baseUrl: '/', credentials: 'same-origin' });
  client.use(middlewareOf(area));
  return client;
}

/** What customers' pages call. */
export const customerApi = clientOf('customer');
/** What staff's pages call. */
export const staffApi = clientOf('staff');

/** @throws ApiProblem offline where `fetch` got no answer; anything else as it was thrown */
export function asOffline(cause: unknown): never {
  if (cause instanceof TypeError) throw new ApiProblem('offline', 0, 'The service cannot be reached.');
  throw cause;
}

type Answered<Data> = { data?: Data; error?: unknown; response: Response };

/**
 * The answer's body: `await answerOf(staffApi.GET('/v1/returns', {…}))`.
 * @throws ApiProblem refused, or no answer came (`offline`)
 */
export async function answerOf<Data>(call: Promise<Answered<Data>>): Promise<Data> {
  return (await answerAndHeadersOf(call)).data;
}

/** As `answerOf`, with the headers (`ETag`, `X-Position`, `Idempotency-Replayed`). */
export async function answerAndHeadersOf<Data>(call: Promise<Answered<Data>>): Promise<{ readonly data: Data; readonly headers: Headers }> {
  const { data, error, response } = await call.catch(asOffline);
  if (error !== undefined || data === undefined) throw problemIn(error, response);
  return { data, headers: response.headers };
}

/**
 * A key for one wish of a person: made when they begin, kept while it is tried again, so that it happens once. Not by
 * `crypto.randomUUID`, which browsers withhold from pages that came over plain http.
 */
export const newKey = (): string => uuid();
