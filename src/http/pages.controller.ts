/**
 * The pages: one web application for customers, clerks, finance and operations, built into `dist/web`. Everything they
 * load comes from here, and the browser is told to load nothing else (Content Security Policy Level 3).
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import sirv from 'sirv';
import { Public } from '../access/access.js';
import { prefers } from './accept.js';
import { notFound } from './problem.js';

/** The same folder seen from `src/http` and from `dist/http`. */
const BUILT = fileURLToPath(new URL('../../dist/web/', import.meta.url));
/** What the build writes where each answer's nonce goes. */
const NONCE = /__CSP_NONCE__/g;
const NOT_BUILT =
  '<!doctype html><html lang="en"><title>Backhaul</title><h1>The pages are not built</h1><p>Run <code>npm run build</code> and start the service again. The API works without them: <a href="/docs">how to use it</a>.</p></html>';

/** Styles the pages add while they run carry the nonce; a barcode reader is WebAssembly; pictures may come from the camera. */
const policyWith = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'wasm-unsafe-eval'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const SAFE = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=(), payment=()',
};

@ApiExcludeController()
@Public()
@Controller()
export class PagesController {
  readonly #page = existsSync(join(BUILT, 'index.html')) ? readFileSync(join(BUILT, 'index.html'), 'utf8') : undefined;
  /** Undefined where the pages are not built; the API works without them. */
  readonly #files =
    this.#page === undefined
      ? undefined
      : sirv(BUILT, {
          brotli: true,
          etag: true,
          // Looked up for each request: from a list made at the start, a file that a build has taken away since would be opened, and that ends the process.
          dev: true,
          setHeaders: (response, path) => {
            response.setHeader('x-content-type-options', 'nosniff');
            // The build names what is in `assets` by its content; the rest keeps its name for ever.
            response.setHeader('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
          },
        });

  /** Clients that do not ask for a page get told where things are. */
  @Get()
  home(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): object | string {
    if (prefers('text/html', request)) return this.page(reply);
    return { service: 'backhaul', docs: '/docs', openapi: '/openapi.json', health: '/health/ready' };
  }

  @Get(['r/:returnId', 'warehouse', 'warehouse/*', 'finance', 'finance/*', 'admin', 'admin/*'])
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    const nonce = randomBytes(16).toString('base64');
    void reply.headers({ ...SAFE, 'content-security-policy': policyWith(nonce) });
    return this.#page?.replace(NONCE, nonce) ?? NOT_BUILT;
  }

  @Get(['assets/*', 'favicon.svg', 'station-sw.js'])
  file(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const files = this.#files;
    if (files === undefined) throw notFound();
    return new Promise((resolve, reject) => {
      files(request.raw, reply.raw, () => reject(notFound()));
      if (!reply.raw.headersSent) return;
      reply.hijack();
      resolve();
    });
  }
}
