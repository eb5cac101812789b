/** The HTTP server under Nest: limits, what Fastify refuses by itself, headers of answers, and how it stops. */
import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Answer } from './answer.js';
import { PROBLEM_TYPE, refusalOf } from './problem.filter.js';
import { Problem } from './problem.js';
import { serveInOrder } from './waiting-line.js';

/** Largest JSON body, in bytes. Routes that take more read it as a stream. */
const BODY_LIMIT = 1024 * 1024;
const LONGEST_PARAMETER = 400;
const TOO_LARGE = 413;
/** What comes in here is signed, byte by byte. */
const WEBHOOKS = '/v1/webhooks/';
/** An upload may take this long; headers get a minute. */
const REQUEST_TIMEOUT_MS = 300_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** The body of a webhook as it was sent. */
    rawBody?: Buffer;
  }
}

/** @param trustedProxies whose `X-Forwarded-For` tells where a request comes from; none: whoever connects is the client */
export function fastifyAdapter(trustedProxies: readonly string[] = []): FastifyAdapter {
  return new FastifyAdapter({
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: BODY_LIMIT,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: LONGEST_PARAMETER, ignoreTrailingSlash: true },
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // What arrives while the server closes is still answered, with `Connection: close`.
    return503OnClosing: false,
    // Addresses that cannot be decoded never reach Nest.
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => {
      const { body } = refusalOf(error);
      void reply
        .code(body.status)
        .type(PROBLEM_TYPE)
        .headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
        .send(body);
    },
  });
}

type Route = { readonly parts: readonly string[]; readonly methods: Set<string> };

/** Remembers every route, to tell a wrong method from a wrong address. */
class KnownRoutes {
  readonly #byPath = new Map<string, Route>();

  add(path: string, methods: readonly string[]): void {
    const route = this.#byPath.get(path) ?? { parts: path.split('/'), methods: new Set<string>() };
    for (const method of methods) route.methods.add(method);
    this.#byPath.set(path, route);
  }

  /** Methods that an address takes; none for an address that is not there. */
  readonly methodsAt = (path: string): readonly string[] => {
    const parts = path.replace(/(.)\/$/, '$1').split('/');
    const matching = [...this.#byPath.values()].filter(
      (route) =>
        route.parts.length === parts.length &&
        route.parts.every((part, index) => part === parts[index] || (part.startsWith(':') && parts[index] !== '')),
    );
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
  };
}

/** Before any route is added. */
export function prepareServer(server: FastifyInstance): KnownRoutes {
  const routes = new KnownRoutes();
  server.addHook('onRoute', ({ url, method }) => routes.add(url, [method].flat()));
  serveInOrder(server);
  // Only what is documented is taken: no text bodies, no forms.
  server.removeContentTypeParser('text/plain');
  takeOnlyUtf8(server);
  server.addHook('preSerialization', (_request, reply, payload, done) => {
    if (!(payload instanceof Answer)) return done(null, payload);
    void reply.code(payload.status ?? reply.statusCode).headers(payload.headers);
    // Others may have said what else the answer varies by.
    if (payload.language !== undefined) void reply.header('vary', [reply.getHeader('vary') ?? [], 'Accept-Language'].flat().join(', '));
    done(null, payload.body);
  });
  // Closing the connection under a client that still sends would reset it, and the answer with it; Node reads the rest away.
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode === TOO_LARGE) reply.removeHeader('connection');
    done(null, payload);
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    void reply.header('x-content-type-options', 'nosniff');
    // Answers of the API are somebody's; what may be kept (photos, by links that end) says so itself.
    if (!reply.hasHeader('cache-control') && isOfApi(request)) void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
  closeIdleWhileStopping(server);
  return routes;
}

const isOfApi = ({ url, headers }: FastifyRequest): boolean => url.startsWith('/v1/') || headers.authorization !== undefined;

/** Bytes that are no UTF-8 would be taken for U+FFFD, and a name be another one for ever. */
function takeOnlyUtf8(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (request.url.startsWith(WEBHOOKS)) request.rawBody = body;
    if (isUtf8(body)) return parse(request, body.toString('utf8'), done);
    done(
      new Problem(
        'malformed_json',
        `The body is not UTF-8 from byte ${firstBadByte(body)} on. JSON is sent as UTF-8 (RFC 8259); save or encode it as such.`,
      ),
    );
  });
  server.addHook('onRequest', (request, _reply, done) => {
    const fault = badEscapeIn(request.url);
    if (fault === undefined) return done();
    done(
      new Problem('validation_failed', `The address has ${fault}, which is no UTF-8. Percent-encode the UTF-8 bytes of each character.`),
    );
  });
}

/** Counted from 0: where reading and writing it as text gives something else. */
function firstBadByte(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString('utf8'));
  return bytes.findIndex((byte, index) => byte !== again[index]);
}

/** Of an address, the first row of `%XX` that is no text. A `%` that escapes nothing stands for itself. */
function badEscapeIn(url: string): string | undefined {
  if (!url.includes('%')) return undefined;
  return url.match(/(?:%[0-9a-f]{2})+/gi)?.find((escaped) => !isUtf8(Buffer.from(escaped.replaceAll('%', ''), 'hex')));
}

/**
 * Node keeps a connection open after the last answer, and does not call one idle that has asked nothing yet, as browsers
 * and proxies open them ahead. A stopping server must wait for neither.
 */
function closeIdleWhileStopping(server: FastifyInstance): void {
  const unused = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.server.on('request', ({ socket }) => unused.delete(socket));
  const closeIdle = (): void => {
    server.server.closeIdleConnections();
    for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
  };
  server.addHook('preClose', (done) => {
    const sweep = setInterval(closeIdle, 50);
    server.server.once('close', () => clearInterval(sweep));
    done();
  });
}
