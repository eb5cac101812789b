/**
 * Who may call a route. Every route says it with `@Allow(…)` or `@Public()`; a route that says neither stops the start
 * of the service.
 */
import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';

export const ROLES = ['shop', 'customer', 'warehouse', 'finance', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who is calling. `id` names the API key, the OIDC subject or the customer session's order; never a name or address. */
export type Principal = {
  readonly kind: Role;
  readonly id: string;
  /** The only order a customer session may see. */
  readonly orderId?: string;
};

/** Somebody known, before it is clear in which of their roles they call. `orderId`: the only order that may be seen. */
export type Identity = { readonly id: string; readonly roles: readonly Role[]; readonly orderId?: string };
/** `expires`: seconds since 1970. */
export type TimedIdentity = { readonly identity: Identity; readonly expires: number };

/** 'public' or the roles let in. */
export type RoutePolicy = 'public' | ReadonlySet<Role>;

export const POLICY_METADATA = 'backhaul:route-policy';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard on every route that is not public. */
    principal?: Principal;
    /** ISO 8601 UTC, when the guard let the request in. */
    admittedAt?: string;
  }
}

/**
 * Lets these roles in, and admins. A customer is let in only where the route's `:orderId`, `:returnId` or `:refundId`
 * belongs to the session's order (404 otherwise); on a route without such a parameter the controller must look at
 * `principal.orderId` itself.
 */
export function Allow(...roles: readonly Role[]): MethodDecorator & ClassDecorator {
  const allowed: ReadonlySet<Role> = new Set([...roles, 'admin']);
  return applyDecorators(SetMetadata(POLICY_METADATA, allowed), ApiBearerAuth('bearer'), ApiExtension('x-roles', [...allowed]));
}

/** Open to everybody, with or without credentials. */
export function Public(): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(POLICY_METADATA, 'public'), ApiExtension('x-roles', ['public']));
}

/** The principal of a request that the guard let in. */
export function principalOf(request: FastifyRequest): Principal {
  const { principal } = request;
  if (principal === undefined) throw new Problem('unauthenticated', 'This needs credentials.');
  return principal;
}

/** `@Who() principal: Principal` */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  principalOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
