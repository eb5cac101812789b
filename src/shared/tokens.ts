/** Names under which Nest provides what is not a class: `@Inject(CLOCK) clock: Clock`. */

/** {@link Config} */
export const CONFIG = Symbol('CONFIG');
/** {@link Clock} */
export const CLOCK = Symbol('CLOCK');
/** The {@link EventStore} of this process. */
export const EVENT_STORE = Symbol('EVENT_STORE');
