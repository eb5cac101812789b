/**
 * The rules' own language: given what happened, when somebody asks, then this follows. Compares whole events, and checks on
 * the way what must hold for every decision: it is plain JSON, and folding what is stored gives the state decided upon.
 */
import { expect } from '@jest/globals';
import { DomainError, type Decider, type DomainEvent } from '../../src/eventing/decider.js';
import { faultsOf } from '../../src/finance/invariants.js';
import { returnsDecider, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import type { ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { refusalInWords } from '../../src/returns/words/verdict.words.js';

const stored = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

export type Outcome<State, Event> = {
  /** Exactly these events, in this order. */
  then(...expected: readonly Event[]): Outcome<State, Event>;
  /** Already so. */
  thenNothing(): void;
  /** Events of these types, in this order. */
  thenTypes(...types: readonly string[]): Outcome<State, Event>;
  /** Not allowed: by that problem code, in words that fit. */
  thenRefused(code: string, words?: RegExp): void;
  /** What is decided, to look at. */
  decided(): readonly Event[];
  /** Looks at the state after. */
  and(look: (state: State, events: readonly Event[]) => void): Outcome<State, Event>;
};

/** The kit for any decider. @param faultsOf what is wrong with a state: no past that is given may lead to a wrong one */
export function scenarios<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  faultsOf: (state: State) => readonly unknown[] = () => [],
) {
  const fold = (events: readonly Event[], from = decider.initialState): State =>
    events.reduce((state, event) => decider.evolve(state, event), from);

  function outcome(decide: () => readonly Event[], before: State): Outcome<State, Event> {
    const after = (events: readonly Event[]): State => {
      expect(stored(events)).toEqual(events);
      const state = fold(events, before);
      expect(fold(stored(events), stored(before))).toEqual(state);
      return state;
    };
    const self: Outcome<State, Event> = {
      then(...expected) {
        const events = decide();
        expect(events).toEqual(expected);
        after(events);
        return self;
      },
      thenNothing() {
        expect(decide()).toEqual([]);
      },
      thenTypes(...types) {
        const events = decide();
        expect(events.map((event) => event.type)).toEqual(types);
        after(events);
        return self;
      },
      thenRefused(code, words = /./) {
        const refusal = refusalOf(decide);
        expect(refusal).toBeInstanceOf(DomainError);
        expect(refusal).toMatchObject({ code });
        expect(refusalInWords(refusal as DomainError)).toMatch(words);
      },
      decided: decide,
      and(look) {
        const events = decide();
        look(after(events), events);
        return self;
      },
    };
    return self;
  }

  return {
    fold,
    /** Starts from events, so that a rule that is broken fails its own tests and not those of every rule after it. */
    given: (...events: readonly Event[]) => ({
      when: (command: Command): Outcome<State, Event> => {
        const before = fold(events);
        expect(faultsOf(before)).toEqual([]);
        return outcome(() => decider.decide(command, before), before);
      },
    }),
    /** What happens when these commands are given one after the other, from nothing: for tests of whole journeys. */
    history: (...commands: readonly Command[]): readonly Event[] => {
      const events: Event[] = [];
      let state = decider.initialState;
      for (const command of commands) {
        const next = decider.decide(command, state);
        events.push(...next);
        state = fold(next, state);
      }
      return events;
    },
  };
}

function refusalOf(decide: () => unknown): unknown {
  try {
    return decide();
  } catch (error) {
    return error;
  }
}

const returns = scenarios<ReturnsState, ReturnsCommand, ReturnsEvent>(returnsDecider, faultsOf);
/** For the returns of one order. */
export const { given, history, fold } = returns;
