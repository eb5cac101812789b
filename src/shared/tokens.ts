/** Names under which Nest provides what is not a class: `@Inject(CLOCK) clock: Clock`. */
import type { FactoryProvider, InjectionToken } from '@nestjs/common';

/** {@link Config} */
export const CONFIG = Symbol('CONFIG');
/** {@link Clock} */
export const CLOCK = Symbol('CLOCK');
/** The {@link EventStore} of this process. */
export const EVENT_STORE = Symbol('EVENT_STORE');

/** A provider of a class that is made from what stands under these tokens, in the order of its constructor. */
export const made = <Made>(type: new (...parts: never[]) => Made, ...inject: InjectionToken[]): FactoryProvider<Made> => ({
  provide: type,
  inject,
  useFactory: (...parts: unknown[]) => Reflect.construct(type, parts) as Made,
});
