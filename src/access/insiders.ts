/**
 * Who may see how the service is doing: its numbers, and what in it does not work. Both tell how much business there is and
 * where it is weak, so in production they are for staff's credentials and for callers from inside the network.
 */
import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../shared/config.js';
import type { Authentication } from './authentication.js';
import type { SessionCookies } from './session-cookies.js';

/** Loopback, link-local, private and unique local addresses (RFC 6890), and those carriers share (RFC 6598), which clusters use too. */
const INSIDE = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  INSIDE.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  INSIDE.addSubnet(network, prefix, 'ipv6');

/** A proxy has added them, so somebody else stands behind the address that connects. */
const FORWARDED = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via', 'cf-connecting-ip', 'true-client-ip'] as const;

export class Insiders {
  constructor(
    private readonly authentication: Authentication,
    private readonly cookies: SessionCookies,
    private readonly config: Pick<Config, 'environment'>,
  ) {}

  /** @throws Problem unauthenticated, auth_unavailable for credentials that are not valid, from outside */
  async admits(request: FastifyRequest): Promise<boolean> {
    if (this.config.environment !== 'production' || isFromInside(request)) return true;
    const { authorization, cookie } = request.headers;
    if (authorization !== undefined) return (await this.authentication.identify(authorization)).roles.some((role) => role !== 'customer');
    return cookie !== undefined && this.cookies.presentIn(request).some(({ area }) => area === 'staff');
  }
}

/**
 * By the client's address. Behind a proxy that is not trusted (`TRUSTED_PROXIES`) nobody knows whose it is, and the proxy's
 * own says nothing.
 */
export function isFromInside({
  ip,
  socket,
  headers,
}: Pick<FastifyRequest, 'ip' | 'headers'> & { readonly socket: { readonly remoteAddress?: string | undefined } }): boolean {
  const isForwarded = FORWARDED.some((name) => headers[name] !== undefined);
  if (isForwarded && ip === socket.remoteAddress) return false;
  const address = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  const version = isIP(address);
  return version !== 0 && INSIDE.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
