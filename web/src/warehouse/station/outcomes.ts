/** What the service said to commands that were shown as done before: confirmed, counted otherwise, or refused. Pure. */
import type { Schemas } from '../../shared/api/api';
import type { CountedCommand, Outcome, StationCommand } from '../queue/commands';
import { after } from '../queue/returns';
import type { OpenReturn, ScanEntry, StationState, Turn } from './model';
import { returnIdOf, say, turn } from './turns';

const scanIdOf = (command: StationCommand): string | null =>
  'scanId' in command ? null : 'scanId' in command.body ? command.body.scanId : null;

type Received = Schemas['ReceivedReturnAnswer'];
const isReceived = (answer: unknown): answer is Received => typeof answer === 'object' && answer !== null && 'receipt' in answer;
const hasCorrection = (answer: unknown): answer is { readonly correction: { readonly words: string } } =>
  typeof answer === 'object' && answer !== null && 'correction' in answer;

/** The state without the command; its effects go into what is known of the open return, or are dropped. */
function drained(state: StationState, answered: CountedCommand, isDone: boolean): StationState {
  const waiting = state.waiting.filter((each) => each !== answered);
  const { open } = state;
  if (!isDone || open?.kind !== 'return' || open.ret.returnId !== returnIdOf(answered)) return { ...state, waiting };
  return { ...state, waiting, open: { ...open, ret: { ...open.ret, lines: [...after(open.ret.lines, answered.effects)] } } };
}

function marked(state: StationState, scanId: string | null, mark: Partial<ScanEntry>): StationState {
  const { open } = state;
  if (open === null || scanId === null) return state;
  if (open.kind === 'found')
    return {
      ...state,
      open: { ...open, items: open.items.map((item) => (item.scanId === scanId ? { ...item, state: mark.state ?? item.state } : item)) },
    };
  return { ...state, open: { ...open, scans: open.scans.map((scan) => (scan.scanId === scanId ? { ...scan, ...mark } : scan)) } };
}

const OTHERWISE = {
  accepted: 'It counts after all',
  other_return: 'It belongs to another return',
  surplus: 'Too many after all',
  not_in_return: 'Not in this return after all',
} as const;

/** Says so when the service has counted a scan otherwise than the screen did. */
function compared(state: StationState, command: StationCommand, answer: unknown): StationState {
  if (command.kind === 'correction' && hasCorrection(answer)) return corrected(state, command.scanId, answer.correction.words);
  if (command.kind !== 'receipt' || !isReceived(answer)) return state;
  const item = answer.receipt.items[0];
  const shown = state.open?.kind === 'return' ? state.open.scans.find((scan) => scan.scanId === command.body.scanId) : undefined;
  if (item === undefined || shown === undefined || shown.outcome === item.outcome)
    return marked(state, command.body.scanId, { state: 'recorded' });
  const told = say(state, {
    tone: 'differs',
    title: OTHERWISE[item.outcome],
    text: `${shown.title}: ${item.words}${item.outcome === 'surplus' ? ' Somebody else has counted the last one.' : ''}`,
    scanId: shown.scanId,
  });
  return marked(told, command.body.scanId, { state: 'recorded', outcome: item.outcome, lineId: item.lineId });
}

/** What undoing came to, e.g. that the money has left, is said where undoing is still on the screen. */
function corrected(state: StationState, scanId: string, words: string): StationState {
  const { feedback, open } = state;
  const title = open?.kind === 'return' ? open.scans.find((scan) => scan.scanId === scanId)?.title : undefined;
  if (feedback?.scanId !== scanId || title === undefined) return state;
  return { ...state, feedback: { ...feedback, text: `Took back: ${title}. ${words}` } };
}

function refused(state: StationState, command: StationCommand, title: string, detail: string): StationState {
  const open = state.open;
  const isHere = open?.kind === 'return' && 'returnId' in command && command.returnId === open.ret.returnId;
  const where = isHere || !('returnId' in command) ? '' : `${command.returnId}: `;
  const told = say(state, { tone: 'refused', title, text: `${where}${detail}`, scanId: scanIdOf(command) });
  return command.kind === 'correction'
    ? marked(told, command.scanId, { isUndone: false })
    : marked(told, scanIdOf(command), { state: 'refused' });
}

const TITLES: Readonly<Record<StationCommand['kind'], string>> = {
  receipt: 'Not recorded',
  correction: 'Cannot be undone',
  mismatch: 'Mismatch not recorded',
  missing: 'Not marked missing',
  inspection: 'Grade not recorded',
  disposition: 'Not put away',
  found_parcel: 'Parcel not recorded',
  found_items: 'Item not recorded',
};

/** The service has answered a command, perhaps long after it was made. */
export function heard(state: StationState, outcome: Outcome): Turn {
  const { id, command } = outcome.queued;
  const answered = state.waiting.find((each) => each.id === id);
  const isDone = outcome.kind === 'done';
  const without = answered === undefined ? state : drained(state, answered, isDone);
  if (outcome.kind === 'conflict') return refresh(refused(without, command, TITLES[command.kind], outcome.detail));
  const next = marked(compared(without, command, outcome.answer), scanIdOf(command), { state: 'recorded' });
  if (next.open?.kind === 'found' && 'body' in command && (command.kind === 'found_items' || command.kind === 'found_parcel')) {
    return turn(next, [], [{ do: 'look_at_parcel', parcelId: next.open.parcelId }]);
  }
  return refresh(next);
}

/** This device could not keep a command, so it was never sent: it counts no more. `detail`: why, and what to do. */
export function notKept(state: StationState, { id, command }: CountedCommand, detail: string): Turn {
  const unkept = state.waiting.find((each) => each.id === id);
  const without = unkept === undefined ? state : drained(state, unkept, false);
  return refresh(refused(without, command, 'Not kept', `This device could not keep what you scanned, it is not recorded. ${detail}`));
}

/** Something of the open return is still to be sent or answered. */
const isWaitingFor = (state: StationState, { ret }: OpenReturn): boolean => state.waiting.some((each) => returnIdOf(each) === ret.returnId);

/** Asks for the open return anew, unless something of it is still to be sent. */
export function refresh(state: StationState): Turn {
  const { open } = state;
  return open?.kind === 'return' && !isWaitingFor(state, open)
    ? turn(state, [], [{ do: 'refresh', returnId: open.ret.returnId }])
    : turn(state);
}

/** What the service knows of the open return, e.g. after another clerk's scan. */
export function refreshed(state: StationState, ret: OpenReturn['ret']): StationState {
  const { open } = state;
  if (open?.kind !== 'return' || open.ret.returnId !== ret.returnId || isWaitingFor(state, open)) return state;
  return { ...state, open: { ...open, ret } };
}
