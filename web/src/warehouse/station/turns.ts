/** Small steps that all parts of the station take. Pure. */
import { count } from '../../shared/words/words';
import type { CountedCommand, Effect, StationCommand } from '../queue/commands';
import { after } from '../queue/returns';
import type { Line } from './codes';
import type { Errand, Feedback, OpenReturn, StationState, Tone, Turn } from './model';

type Said = { readonly tone: Tone; readonly title: string; readonly text: string; readonly scanId?: string };

/** The state with a new feedback on the screen. */
export function say(
  state: StationState,
  { scanId = null, ...said }: Omit<Said, 'scanId'> & { readonly scanId?: string | null },
): StationState {
  const feedback: Feedback = { id: (state.feedback?.id ?? 0) + 1, scanId, ...said };
  return { ...state, feedback };
}

export const turn = (state: StationState, commands: readonly CountedCommand[] = [], errands: readonly Errand[] = []): Turn => ({
  state,
  commands,
  errands,
});

/** `turn` after `first`: what both ask for, in order. */
export function then(first: Turn, following: (state: StationState) => Turn): Turn {
  const second = following(first.state);
  return { state: second.state, commands: [...first.commands, ...second.commands], errands: [...first.errands, ...second.errands] };
}

/** Sends a command, and counts what it changes before the service has answered. */
export function send(state: StationState, command: StationCommand, effects: readonly Effect[] = []): Turn {
  const made = state.made + 1;
  const counted = { id: `${state.deskId}-${made}`, command, effects };
  return turn({ ...state, made, waiting: [...state.waiting, counted] }, [counted]);
}

export const returnIdOf = ({ command }: CountedCommand): string | null => ('returnId' in command ? command.returnId : null);

/** The lines of the open return with everything that was scanned here, answered or not. */
export const linesOf = (state: StationState, { ret }: OpenReturn): readonly Line[] =>
  after(
    ret.lines,
    state.waiting.filter((each) => returnIdOf(each) === ret.returnId).flatMap(({ effects }) => effects),
  );

export const lineOf = (state: StationState, open: OpenReturn, lineId: string | null): Line | undefined =>
  linesOf(state, open).find((line) => line.lineId === lineId);

/** The state with a changed open return. */
export const withOpen = (state: StationState, open: OpenReturn, patch: Partial<OpenReturn>): StationState => ({
  ...state,
  open: { ...open, ...patch },
});

export const pieces = (number: number): string => count(number, 'piece');

/** The state as if everything that waits had been done: what a reload starts from, until the open return is asked for. */
export const withNothingWaiting = (state: StationState): StationState =>
  state.open?.kind === 'return'
    ? { ...withOpen(state, state.open, { ret: { ...state.open.ret, lines: [...linesOf(state, state.open)] } }), waiting: [] }
    : { ...state, waiting: [] };
