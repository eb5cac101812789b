/** Lets in whom a route's policy names, and refuses to start while a route has no policy. */
import { Inject, Injectable, RequestMethod, type CanActivate, type ExecutionContext, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RecordedEvent } from '../eventing/event-store.js';
import { fieldRefused, notFound, Problem } from '../http/problem.js';
import { ID, ID_WORDS, tidyId } from '../http/texts.js';
import type { Clock } from '../shared/clock.js';
import { CLOCK } from '../shared/tokens.js';
import { POLICY_METADATA, type Identity, type Role, type RoutePolicy } from './access.js';
import { Authentication } from './authentication.js';
import type { BrowserSession } from './browser-sessions.js';
import { callingSession } from './calling-session.js';
import { SessionCookies } from './session-cookies.js';

/** How the composition root tells the guard (which knows no business noun) what belongs to which order. */
export type OrderScope = {
  /** By name of a path parameter: the order its value belongs to; undefined when it belongs to none. */
  readonly orderOf: Readonly<Record<string, (value: string) => string | undefined>>;
  /** The order a stream belongs to. */
  readonly orderOfStream: (streamId: string) => string | undefined;
  /** An event's data as the order's customer may see it. */
  readonly forCustomer: (event: RecordedEvent) => RecordedEvent['data'];
};
export const ORDER_SCOPE = Symbol('ORDER_SCOPE');

/** A route without `@Allow` or `@Public`. */
export class RouteWithoutPolicyError extends Error {
  override readonly name = 'RouteWithoutPolicyError';
  constructor(routes: readonly string[]) {
    super(`These routes have no policy (@Allow or @Public): ${routes.join(', ')}`);
  }
}

@Injectable()
export class AccessGuard implements CanActivate, OnModuleInit {
  constructor(
    private readonly authentication: Authentication,
    private readonly cookies: SessionCookies,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    @Inject(ORDER_SCOPE) private readonly scope: OrderScope,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws RouteWithoutPolicyError */
  onModuleInit(): void {
    const routes = this.discovery
      .getControllers()
      .flatMap(({ metatype }) => (typeof metatype === 'function' ? this.#routesOf(metatype) : []));
    const open = routes.filter(({ policy }) => policy === undefined);
    if (open.length > 0) throw new RouteWithoutPolicyError(open.map(({ name }) => name));
    for (const { policy, path, name } of routes) {
      // Otherwise nothing would tie the customer to their order there.
      const parameters = [...path.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter ?? '');
      const bound = parameters.length === 0 || parameters.some((parameter) => parameter in this.scope.orderOf);
      if (policy !== 'public' && policy?.has('customer') === true && !bound)
        throw new RouteWithoutPolicyError([`${name}, which lets customers in by a parameter of no order`]);
    }
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    refuseOddParameters(request);
    const policy = policyOf(context.getHandler(), context.getClass());
    if (policy === 'public') return true;
    const { authorization, cookie } = request.headers;
    // Where credentials are sent, they alone count: programs do not care what a browser has put beside them.
    const signedIn = authorization === undefined && cookie !== undefined ? this.#signedIn(request, policy) : undefined;
    // Unlike an answer to `Authorization`, one to a cookie could be kept by a cache on the way.
    if (signedIn !== undefined) {
      request.browserSession = signedIn;
      void http.getResponse<FastifyReply>().header('cache-control', 'private, no-store');
    }
    const identity = signedIn?.identity ?? this.authentication.identify(authorization);
    return identity instanceof Promise
      ? identity.then((known) => this.#admit(request, policy, known))
      : this.#admit(request, policy, identity);
  }

  /** By a cookie. @throws Problem csrf_token_missing */
  #signedIn(request: FastifyRequest, policy: ReadonlySet<string> | undefined): BrowserSession | undefined {
    return callingSession(this.cookies.presentIn(request), {
      method: request.method,
      csrfToken: request.headers['x-csrf-token'],
      isOfOrder: (orderId) => this.#ordersNamed(request).some((named) => named === orderId),
      admits: ({ identity }) => {
        const role = roleIn(identity, policy);
        return role !== undefined && (role !== 'customer' || this.#isOwnOrder(request, identity.orderId));
      },
    });
  }

  #admit(request: FastifyRequest, policy: ReadonlySet<string> | undefined, identity: Identity): true {
    const { id, orderId } = identity;
    const role = roleIn(identity, policy);
    if (role === undefined) throw new Problem('forbidden', 'These credentials are valid, but this is not for their role.');
    if (role === 'customer' && !this.#isOwnOrder(request, orderId)) throw notFound();
    request.principal = orderId === undefined ? { kind: role, id } : { kind: role, id, orderId };
    request.admittedAt = this.clock().toISOString();
    return true;
  }

  /** Orders that the address names, itself or by one of their returns; undefined where it names something of no order. */
  #ordersNamed(request: FastifyRequest): readonly (string | undefined)[] {
    return parametersOf(request).flatMap(([name, value]) => {
      const orderOf = this.scope.orderOf[name];
      return orderOf === undefined ? [] : [orderOf(value)];
    });
  }

  /** True also where the address names no order. */
  #isOwnOrder(request: FastifyRequest, orderId: string | undefined): boolean {
    return this.#ordersNamed(request).every((named) => orderId !== undefined && named === orderId);
  }

  #routesOf(controller: object): readonly { readonly name: string; readonly path: string; readonly policy: RoutePolicy | undefined }[] {
    const prototype: unknown = Reflect.get(controller, 'prototype');
    if (typeof prototype !== 'object' || prototype === null) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler: unknown = Reflect.get(prototype, name);
      if (typeof handler !== 'function' || !Reflect.hasMetadata(PATH_METADATA, handler)) return [];
      const path = [Reflect.getMetadata(PATH_METADATA, controller), Reflect.getMetadata(PATH_METADATA, handler)].map(String).join('/');
      const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))] ?? 'ALL';
      return [
        {
          name: `${method} /${path.replace(/^\/+/, '')} (${String(Reflect.get(controller, 'name'))}.${name})`,
          path,
          policy: policyOf(handler, controller),
        },
      ];
    });
  }
}

const policyOf = (handler: object, controller: object): RoutePolicy | undefined =>
  (Reflect.getMetadata(POLICY_METADATA, handler) ?? Reflect.getMetadata(POLICY_METADATA, controller)) as RoutePolicy | undefined;

const roleIn = ({ roles }: Identity, policy: ReadonlySet<string> | undefined): Role | undefined => roles.find((each) => policy?.has(each));

const parametersOf = (request: FastifyRequest): [string, string][] => Object.entries(request.params as Readonly<Record<string, string>>);

/** Every id in a path has the same form, whatever the route does with it. */
function refuseOddParameters(request: FastifyRequest): void {
  for (const [name, value] of parametersOf(request)) {
    if (name !== '*' && !ID.test(tidyId(value))) {
      throw fieldRefused('path', `/${name}`, `must be an identifier of ${ID_WORDS}`, 'An identifier in the address is not as documented.');
    }
  }
}
