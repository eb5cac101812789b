/** The smallest model with a rule: a counter that never exceeds 100. Tests of the machine room use it. */
import { randomUUID } from 'node:crypto';
import { DomainError, type Decider } from '../../src/eventing/decider.js';
import type { CommandContext, StreamModel } from '../../src/eventing/execute-command.js';

export type CounterEvent =
  | { readonly type: 'Counted'; readonly data: { readonly at: string; readonly by: number } }
  | { readonly type: 'Cleared'; readonly data: { readonly at: string } };
export type CounterCommand =
  | { readonly type: 'count'; readonly at: string; readonly by: number; readonly note?: string }
  | { readonly type: 'clear'; readonly at: string };
export type Counter = { readonly total: number; readonly counted: number };

export const LIMIT = 100;
export const AT = '2026-03-01T10:00:00.000Z';

const counterDecider: Decider<Counter, CounterCommand, CounterEvent> = {
  initialState: { total: 0, counted: 0 },
  decide(command, state) {
    if (command.type === 'clear') return state.total === 0 ? [] : [{ type: 'Cleared', data: { at: command.at } }];
    if (state.total + command.by > LIMIT) throw new DomainError('over_limit', `${state.total} + ${command.by} exceeds ${LIMIT}`);
    return [{ type: 'Counted', data: { at: command.at, by: command.by, ...(command.note === undefined ? {} : { note: command.note }) } }];
  },
  evolve(state, event) {
    switch (event.type) {
      case 'Counted':
        return { total: state.total + event.data.by, counted: state.counted + 1 };
      case 'Cleared':
        return { ...state, total: 0 };
      default:
        return state;
    }
  },
};

export const counterModel: StreamModel<Counter, CounterCommand, CounterEvent> = {
  decider: counterDecider,
  versions: { Counted: 1, Cleared: 1 },
  upcasters: {},
};

export function count(by: number, note?: string): CounterCommand {
  return note === undefined ? { type: 'count', at: AT, by } : { type: 'count', at: AT, by, note };
}
export const clear: CounterCommand = { type: 'clear', at: AT };

/** Who asks, when and under which id; a fresh command unless an id is given. */
export function context(over: Partial<CommandContext> = {}): CommandContext {
  const commandId = over.commandId ?? randomUUID();
  return {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { kind: 'system', id: 'test', channel: 'api' },
    occurredAt: AT,
    ...over,
  };
}
