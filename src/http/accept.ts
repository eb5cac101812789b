/** What kind of answer a client wants. */
import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** True when the client would rather have `type` than JSON (`Accept`, RFC 9110 12.5.1); of equals the one named first. */
export const prefers = (type: string, request: Pick<FastifyRequest, 'headers'>): boolean =>
  new Negotiator(request).mediaType(['application/json', type]) === type;
