/**
 * The scan station: what it knows, plus a scan or an answer, gives what it knows next, what is to be sent, and what the
 * clerk sees and hears. Pure: a scan brings its id and time, a command is numbered at its desk.
 */
import { layoutWords } from '../../../../src/returns/words/expected.words';
import { articleMeant, suspectedLayout, type LayoutReading } from '../../../../src/shared/keyboard-layouts';
import { isArticle, isSameCode, printedCode } from '../../../../src/shared/scanned-code';
import type { Schemas } from '../../shared/api/api';
import { controlIn, DISPOSITION_KEYS, itemIn, type Control } from './codes';
import { addItem, announce, openFound, parcelSeen, whichParcel } from './found';
import { changeStep, chooseItem, confirm, dispose, dropProposal, grade, putAt, settle, toggleWholeLine } from './grading';
import type { Choice, ExpectedReturn, Input, OpenReturn, Scan, StationState, Turn } from './model';
import { heard, notKept, refresh, refreshed } from './outcomes';
import {
  awaitedElsewhere,
  done,
  markMissing,
  openReturn,
  receiveElsewhere,
  receiveItem,
  recordMismatch,
  setAside,
  undo,
} from './receiving';
import { linesOf, say, then, turn } from './turns';

export function next(state: StationState, input: Input): Turn {
  switch (input.type) {
    case 'scan':
      // The parcel that is being looked up may be the one these items lie in, so they wait for it.
      return state.lookingUp === null ? scanned(state, input.scan) : turn({ ...state, backlog: [...state.backlog, input.scan] });
    case 'looked_up':
      return state.lookingUp?.id === input.scan.id ? caughtUp(lookedUp({ ...state, lookingUp: null }, input)) : turn(state);
    case 'look_up_failed':
      return state.lookingUp?.id === input.scan.id
        ? caughtUp(
            turn(
              say(
                { ...state, lookingUp: null },
                { tone: 'refused', title: 'Could not look it up', text: `${printedCode(input.scan.code)}: ${input.detail}` },
              ),
            ),
          )
        : turn(state);
    case 'looking_up':
      return turn(
        state.lookingUp?.id === input.scan.id
          ? say(state, { tone: 'looking_up', title: 'Looking it up', text: printedCode(input.scan.code) })
          : state,
      );
    case 'refreshed':
      return turn(refreshed(state, input.ret));
    case 'parcel_seen':
      return parcelSeen(state, input.parcel);
    case 'changed':
      return changed(state, input.streamId);
    case 'outcome':
      return heard(state, input.outcome);
    case 'not_kept':
      return notKept(state, input.command, input.detail);
    case 'undo':
      return state.open?.kind === 'return' ? undo(state, state.open, input.id, input.scanId) : turn(state);
    case 'photo_taken':
      return photoTaken(state, input.photoRef);
    case 'idle':
      return settle(state);
    case 'matched':
      return state.open?.kind === 'found' && state.open.parcelId === input.parcelId ? matched(state, input.ret) : turn(state);
    case 'told':
      return turn(say(state, input));
  }
}

/** What was scanned during a look-up is taken up in its order. */
function caughtUp(first: Turn): Turn {
  return then(first, (state) => {
    const [scan, ...backlog] = state.backlog;
    if (scan === undefined || state.lookingUp !== null) return turn(state);
    return caughtUp(scanned({ ...state, backlog }, scan));
  });
}

function scanned(state: StationState, scan: Scan): Turn {
  const control = controlIn(scan.code);
  if (control !== undefined) return controlled(state, control, scan);
  const { open } = state;
  const meant = open === null ? undefined : articleMeant(scan.code);
  if (meant !== undefined) return then(scanned(state, { ...scan, code: meant.code }), (next) => turn(withHint(next, meant)));
  if (open?.kind === 'return') return scannedOnReturn(state, open, scan);
  if (open?.kind === 'found' && isArticle(scan.code)) return addItem(state, open, scan);
  return lookUp(state, scan);
}

const lookUp = (state: StationState, scan: Scan): Turn => turn({ ...state, lookingUp: scan, choices: [] }, [], [{ do: 'look_up', scan }]);

function scannedOnReturn(state: StationState, open: OpenReturn, scan: Scan): Turn {
  const item = itemIn(scan.code, linesOf(state, open));
  const isReceiving = open.step === 'receiving' || item === undefined;
  // What this return still awaits is its own; else another's of the order, whose goods the customer put into the same parcel.
  const elsewhere = isReceiving && (item?.line.awaiting ?? 0) === 0 ? awaitedElsewhere(open, scan.code) : undefined;
  if (elsewhere !== undefined)
    return then(settle(state), (settled) =>
      settled.open?.kind === 'return' ? receiveElsewhere(settled, settled.open, scan, elsewhere) : turn(settled),
    );
  if (item !== undefined) {
    const settled = settle({ ...state, choices: [] });
    return isReceiving ? receiveItem(settled, scan) : chooseItem(settled, scan);
  }
  const other = open.ret.notAnnounced?.find(({ sku, barcode }) =>
    [sku, barcode].some((code) => code !== null && isSameCode(scan.code, code)),
  );
  if (other !== undefined)
    return notInReturn(
      state,
      scan,
      `${other.title} is of the same order, but not in this return. Set it aside; it is recorded and not refunded.`,
    );
  if (isArticle(scan.code))
    return notInReturn(state, scan, `${printedCode(scan.code)} was not announced. Set it aside; it is recorded and not refunded.`);
  return lookUp(state, scan);
}

const notInReturn = (state: StationState, scan: Scan, why: string): Turn =>
  then(settle(state), (settled) => (settled.open?.kind === 'return' ? setAside(settled, settled.open, scan, why) : turn(settled)));

function lookedUp(state: StationState, { scan, expected, isOnline }: Extract<Input, { type: 'looked_up' }>): Turn {
  const { open } = state;
  const readAs = expected?.readAs ?? null;
  if (readAs !== null) {
    // From here on it is the code that was meant: an item of the open return is counted by it.
    const meant = { ...scan, code: readAs.code };
    const isItem = open?.kind === 'return' && itemIn(meant.code, linesOf(state, open)) !== undefined;
    const answered = isItem
      ? scanned(state, meant)
      : lookedUp(state, { type: 'looked_up', scan: meant, expected: expected === null ? null : { ...expected, readAs: null }, isOnline });
    return then(answered, (next) => turn(withHint(next, readAs)));
  }
  const returns = expected?.returns ?? [];
  const [first] = returns;
  if (first === undefined) return notAReturn(state, scan, expected, isOnline);
  if (first.matchedBy === 'item' && open?.kind === 'found') return addItem(state, open, scan);
  if (first.matchedBy === 'item' && open !== null)
    return notInReturn(
      state,
      scan,
      `${printedCode(scan.code)} belongs to another return (${first.returnId}${returns.length > 1 ? ' or others' : ''}). Set it aside; it is recorded and not refunded.`,
    );
  if (returns.length > 1) {
    const asked = say(state, {
      tone: 'question',
      title: 'Which return?',
      text: `${printedCode(scan.code)} fits ${expected?.more === true ? 'more than ' : ''}${returns.length}. Choose one, or scan another code of the parcel.`,
    });
    const choices = returns.slice(0, 9).map((ret): Choice => ({
      label: `${ret.returnId}: ${ret.lines.map((line) => line.title).join(', ')} (${ret.awaiting} awaited)`,
      action: { do: 'open', ret },
    }));
    return turn({ ...asked, choices });
  }
  if (open?.kind === 'found') return whichParcel(state, first);
  return then(settle(state), (settled) => openReturn(settled, first, scan.code));
}

/** The screen says beside what came of the scan that its scanner should be set right. */
const withHint = (state: StationState, reading: LayoutReading): StationState =>
  state.feedback === null ? state : { ...state, feedback: { ...state.feedback, text: `${state.feedback.text} ${layoutWords(reading)}` } };

/** A parcel nobody announced, a shelf, an item, or something nobody knows: what the clerk is doing tells. */
function notAReturn(state: StationState, scan: Scan, expected: Schemas['ExpectedAnswer'] | null, isOnline: boolean): Turn {
  const { open } = state;
  const [parcel] = expected?.parcels ?? [];
  // It was matched meanwhile: work goes on at its return.
  if (parcel !== undefined && parcel.returnId !== null) return lookUp(state, { ...scan, code: parcel.returnId });
  if (parcel !== undefined && !(open?.kind === 'found' && open.parcelId === parcel.parcelId))
    return then(settle(state), (settled) => openFound(settled, parcel.parcelId, scan.code));
  if (open?.kind === 'found') return addItem(state, open, scan);
  if (open?.kind === 'return' && open.proposal !== null) return putAt(state, open, open.proposal, printedCode(scan.code));
  const code = printedCode(scan.code);
  const suspected = suspectedLayout(code);
  const why = isOnline
    ? `${code}: nothing is expected under this code.`
    : `${code}: not known on this device. It can be looked up when the line is back.`;
  const text = suspected === undefined ? why : `${why} ${layoutWords(suspected)}`;
  const another: Choice = { label: 'A parcel nobody announced: record it', action: { do: 'announce', code } };
  const item: Choice = { label: 'An item of this parcel: set it aside', action: { do: 'set_aside', scan } };
  return turn({ ...say(state, { tone: 'unknown', title: 'Unknown code', text }), choices: open === null ? [another] : [item, another] });
}

function controlled(state: StationState, control: Control, scan: Scan): Turn {
  switch (control.kind) {
    case 'pick':
      return picked(state, control.number, scan);
    case 'not_announced':
      return then(settle(state), (settled) => announce(settled, unknownCode(settled), scan.id));
    case 'help':
      return turn(state, [], [{ do: 'help' }]);
    case 'photo':
      return state.open?.kind === 'return' ? turn(state, [], [{ do: 'photo' }]) : openFirst(state);
    default:
      break;
  }
  const { open } = state;
  if (open?.kind === 'found' && control.kind === 'done')
    return turn(
      say({ ...state, open: null, choices: [] }, { tone: 'note', title: 'Done', text: 'The parcel is recorded. Scan the next.' }),
    );
  if (open?.kind === 'found')
    return turn(
      say(state, {
        tone: 'refused',
        title: 'Not now',
        text: 'This parcel is not matched with a return yet. Scan its contents, choose its return, or F4.',
      }),
    );
  return open === null ? openFirst(state) : onReturn(state, open, control, scan);
}

const openFirst = (state: StationState): Turn =>
  turn(say(state, { tone: 'refused', title: 'Not now', text: 'No parcel is open. Scan its label or return id first.' }));
const unknownCode = ({ choices }: StationState): string | null =>
  choices.flatMap(({ action }) => (action.do === 'announce' && action.code !== null ? [action.code] : []))[0] ?? null;
const isAsked = ({ choices }: StationState, what: 'leave' | 'mark_missing'): boolean => choices.some(({ action }) => action.do === what);

function onReturn(state: StationState, open: OpenReturn, control: Control, scan: Scan): Turn {
  switch (control.kind) {
    case 'grade':
      return grade(state, open, control.grade);
    case 'dispose':
      return dispose(state, open, control.disposition);
    case 'step':
      return changeStep(state, open, control.step);
    case 'next_step':
      return changeStep(state, open);
    case 'ok':
      return confirm(state, open);
    case 'whole_line':
      return toggleWholeLine(state, open);
    case 'undo':
      return open.proposal === null ? undo(state, open, scan.id) : dropProposal(state, open, open.proposal);
    case 'missing':
      return then(settle(state), (settled) =>
        settled.open?.kind === 'return'
          ? markMissing(settled, settled.open, isAsked(state, 'mark_missing') && !isAsked(state, 'leave'))
          : turn(settled),
      );
    case 'done':
      return then(settle(state), (settled) =>
        settled.open?.kind === 'return' ? done(settled, settled.open, isAsked(state, 'leave')) : turn(settled),
      );
    default:
      return turn(state);
  }
}

/** A number: one of the choices on the screen, else where the piece goes. */
function picked(state: StationState, number: number, scan: Scan): Turn {
  const choice = state.choices[number - 1];
  const { open } = state;
  if (choice === undefined) {
    const disposition = open?.kind === 'return' && open.proposal !== null ? DISPOSITION_KEYS[number - 1] : undefined;
    if (open?.kind === 'return' && disposition !== undefined) return dispose(state, open, disposition);
    return turn(say(state, { tone: 'refused', title: 'Not now', text: `There is no choice ${number}.` }));
  }
  return chosen(state, choice, scan);
}

function chosen(state: StationState, { action }: Choice, scan: Scan): Turn {
  const { open } = state;
  const without = { ...state, choices: [] };
  switch (action.do) {
    case 'open':
      return then(settle(without), (settled) => openReturn(settled, action.ret, scan.code));
    case 'announce':
      return then(settle(without), (settled) => announce(settled, action.code, scan.id));
    case 'set_aside':
      return notInReturn(
        without,
        action.scan,
        `${printedCode(action.scan.code)} is recorded with this return and not refunded. Set it aside.`,
      );
    case 'match':
      return open?.kind === 'found'
        ? turn(without, [], [{ do: 'match', parcelId: open.parcelId, returnId: action.returnId }])
        : turn(without);
    case 'instead_of':
      return open?.kind === 'return' ? recordMismatch(without, open, action, scan.id) : turn(without);
    case 'mark_missing':
      return open?.kind === 'return' ? markMissing(without, open, true) : turn(without);
    case 'leave':
      return open?.kind === 'return' ? done(without, open, true) : turn(without);
  }
}

/** What was scanned with the parcel is handed over to its return, where work goes on. */
const matched = (state: StationState, ret: ExpectedReturn): Turn =>
  then(openReturn(state, ret, ret.returnId), (opened) =>
    turn(
      say(opened, { tone: 'opened', title: 'Matched', text: `The parcel belongs to ${ret.returnId}. What was scanned is received there.` }),
    ),
  );

function changed(state: StationState, streamId: string): Turn {
  const { open } = state;
  if (open?.kind === 'found' && streamId === `parcel-${open.parcelId}`)
    return turn(state, [], [{ do: 'look_at_parcel', parcelId: open.parcelId }]);
  return open?.kind === 'return' && streamId === `returns-${open.ret.orderId}` ? refresh(state) : turn(state);
}

function photoTaken(state: StationState, photoRef: string): Turn {
  if (state.open?.kind !== 'return') return turn(state);
  const photos = [...state.open.photos, photoRef];
  return turn(
    say(
      { ...state, open: { ...state.open, photos } },
      { tone: 'note', title: 'Photo kept', text: 'It goes with the next grade or mismatch.' },
    ),
  );
}
