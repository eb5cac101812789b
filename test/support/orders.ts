import { returnsDecider, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import type { ProjectionKit } from './projection-kit.js';

/** Decides commands on the orders' returns and puts what they decide on the log. */
export class Orders {
  readonly #states = new Map<string, ReturnsState>();
  constructor(private readonly kit: ProjectionKit) {}

  async on(orderId: string, ...commands: readonly ReturnsCommand[]): Promise<void> {
    for (const command of commands) {
      const state = this.#states.get(orderId) ?? returnsDecider.initialState;
      const events = returnsDecider.decide(command, state);
      this.#states.set(
        orderId,
        events.reduce((folded, event) => returnsDecider.evolve(folded, event), state),
      );
      if (events.length > 0)
        await this.kit.happened(returnsStream(orderId), ...events.map((event) => ({ ...event, occurredAt: command.at })));
    }
  }
}
