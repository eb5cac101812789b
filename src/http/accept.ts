/** What kind of answer a client wants. */
import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** Of a media type, but for its weight: there is one kind of each here, whatever its character set or name may be. */
const PARAMETER = /;(?!\s*q\s*=)\s*[^=;,\s]+\s*=\s*("[^"]*"|[^;,]*)/gi;

/** True when the client would rather have `type` than JSON (`Accept`, RFC 9110 12.5.1); of equals the one named first. */
export function prefers(type: string, { headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const accept = headers.accept?.replaceAll(PARAMETER, '');
  return new Negotiator({ headers: { accept } }).mediaType(['application/json', type]) === type;
}
