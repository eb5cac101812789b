/**
 * Grading and putting away. What the clerk says about a piece is held as a proposal until they go on, because a grade,
 * once recorded, stands. Pure.
 */
import { DISPOSITIONS, GRADES, itemIn, STEPS, USUAL_DISPOSITION, type Disposition, type Grade, type Line, type Step } from './codes';
import type { OpenReturn, Proposal, Scan, StationState, Turn } from './model';
import { lineOf, linesOf, pieces, say, send, then, turn, withOpen } from './turns';

const notNow = (state: StationState, text: string): Turn => turn(say(state, { tone: 'refused', title: 'Not now', text }));
const toGradeOf = (line: Line | undefined): number => line?.awaitingInspection ?? 0;

/** The line that waits for a grade: of the last item, else any when the step is to grade. */
export function gradableLine(state: StationState, open: OpenReturn): Line | undefined {
  const focused = lineOf(state, open, open.proposal?.lineId ?? open.focus);
  if (toGradeOf(focused) > 0) return focused;
  return open.step === 'grading' ? linesOf(state, open).find((line) => line.awaitingInspection > 0) : undefined;
}

/** One key: the grade, and with it where such a piece usually goes. Another grade before going on replaces it. */
export function grade(state: StationState, open: OpenReturn, given: Grade): Turn {
  const line = gradableLine(state, open);
  if (line === undefined) return notNow(state, 'No piece waits for a grade. Scan an item first.');
  const quantity = open.isWholeLine ? line.awaitingInspection : 1;
  const proposal: Proposal = {
    lineId: line.lineId,
    quantity,
    grade: given,
    disposition: USUAL_DISPOSITION[given],
    location: null,
    isChosen: false,
  };
  return turn(
    say(withOpen({ ...state, choices: [] }, open, { proposal, focus: line.lineId }), {
      tone: 'note',
      title: `Grade ${given}`,
      text: `${pieces(quantity)} of ${line.title}: ${GRADES[given].toLowerCase()}. ${DISPOSITIONS[USUAL_DISPOSITION[given]]}? Enter confirms, or scan where it goes.`,
    }),
  );
}

/** Where the piece goes, if not where it was proposed. */
export function dispose(state: StationState, open: OpenReturn, disposition: Disposition): Turn {
  const { proposal } = open;
  if (proposal === null) return notNow(state, 'Give a grade first, or scan an item in the step Put away (F9).');
  return turn(
    say(withOpen(state, open, { proposal: { ...proposal, disposition, isChosen: true } }), {
      tone: 'note',
      title: DISPOSITIONS[disposition],
      text: `${pieces(proposal.quantity)}. Scan the shelf, or Enter to confirm.`,
    }),
  );
}

/** The shelf that was scanned. */
export function putAt(state: StationState, open: OpenReturn, proposal: Proposal, location: string): Turn {
  const disposition = proposal.disposition;
  if (disposition === null) return notNow(state, 'Say first what happens with it: 1 to 9, or scan a disposition.');
  return turn(
    say(withOpen(state, open, { proposal: { ...proposal, location: location.slice(0, 60), isChosen: true } }), {
      tone: 'note',
      title: `Shelf ${location.slice(0, 60)}`,
      text: `${DISPOSITIONS[disposition]}, ${pieces(proposal.quantity)}. Enter or the next scan confirms; F2 takes it back.`,
    }),
  );
}

/** One piece or the whole line. */
export function toggleWholeLine(state: StationState, open: OpenReturn): Turn {
  const isWholeLine = !open.isWholeLine;
  const { proposal } = open;
  const line = lineOf(state, open, proposal?.lineId ?? null);
  const most = proposal === null || line === undefined ? 1 : proposal.grade === null ? line.toPutAway : line.awaitingInspection;
  const changed = proposal === null ? null : { ...proposal, quantity: isWholeLine ? most : 1 };
  const title = isWholeLine ? 'Whole line' : 'One piece';
  return turn(
    say(withOpen(state, open, { isWholeLine, proposal: changed }), {
      tone: 'note',
      title,
      text: changed === null ? 'For the next grade.' : `${pieces(changed.quantity)}. Enter confirms.`,
    }),
  );
}

/** Sends what is proposed: the grade, and where it goes if the clerk has said so or says so now. */
export function settle(state: StationState, isConfirmed = false): Turn {
  const { open } = state;
  if (open?.kind !== 'return' || open.proposal === null) return turn(state);
  const { lineId, quantity, grade: given, disposition, location, isChosen } = open.proposal;
  const { returnId } = open.ret;
  const { station } = state;
  const cleared = withOpen(state, open, { proposal: null, isWholeLine: false, photos: given === null ? open.photos : [] });
  const graded =
    given === null
      ? turn(cleared)
      : send(
          cleared,
          { kind: 'inspection', returnId, body: { station, items: [{ lineId, quantity, grade: given, photos: [...open.photos] }] } },
          [{ lineId, counts: { awaitingInspection: -quantity, toPutAway: quantity } }],
        );
  if (disposition === null || !(isChosen || isConfirmed)) return graded;
  return then(graded, (next) =>
    send(next, { kind: 'disposition', returnId, body: { station, items: [{ lineId, quantity, disposition, location }] } }, [
      { lineId, counts: { toPutAway: -quantity } },
    ]),
  );
}

/** Enter: what is proposed happens, and the next piece that waits comes up. */
export function confirm(state: StationState, open: OpenReturn): Turn {
  const { proposal } = open;
  if (proposal === null) return notNow(state, 'There is nothing to confirm. Scan an item.');
  if (proposal.disposition === null) return notNow(state, 'Say first what happens with it: 1 to 9, or scan a disposition.');
  const where = proposal.location === null ? '' : ` at ${proposal.location}`;
  const title = DISPOSITIONS[proposal.disposition];
  return then(settle(state, true), (next) =>
    turn(say(next, { tone: 'accepted', title, text: `${pieces(proposal.quantity)}${where}. ${nextPiece(next)}` })),
  );
}

function nextPiece(state: StationState): string {
  if (state.open?.kind !== 'return') return '';
  const line = gradableLine(state, state.open);
  return line === undefined ? 'Scan the next item, or F4 when done.' : `Next: ${line.title}, its grade?`;
}

/** In the steps after receiving, an item's code names the line that is worked on. */
export function chooseItem(settled: Turn, scan: Scan): Turn {
  return then(settled, (state) => {
    const { open } = state;
    if (open?.kind !== 'return') return turn(state);
    const lines = linesOf(state, open);
    const waits = open.step === 'grading' ? 'awaitingInspection' : 'toPutAway';
    const item =
      itemIn(
        scan.code,
        lines.filter((line) => line[waits] > 0),
      ) ?? itemIn(scan.code, lines);
    if (item === undefined) return turn(state);
    const { line } = item;
    if (line[waits] === 0)
      return turn(
        say(state, {
          tone: 'too_many',
          title: 'None waits',
          text: `No piece of ${line.title} waits ${open.step === 'grading' ? 'for a grade' : 'to be put away'}. F9 changes what scanning an item does.`,
        }),
      );
    if (open.step === 'grading')
      return turn(
        say(withOpen(state, open, { focus: line.lineId }), {
          tone: 'accepted',
          title: 'Its grade?',
          text: `${line.title}: ${pieces(line.awaitingInspection)} to grade. A, B, C, D or X.`,
        }),
      );
    const proposal: Proposal = {
      lineId: line.lineId,
      quantity: open.isWholeLine ? line.toPutAway : 1,
      grade: null,
      disposition: null,
      location: null,
      isChosen: false,
    };
    return turn(
      say(withOpen(state, open, { focus: line.lineId, proposal }), {
        tone: 'accepted',
        title: 'Where does it go?',
        text: `${line.title}: ${pieces(line.toPutAway)} to put away. 1 to 9, or scan a disposition.`,
      }),
    );
  });
}

const ORDER: readonly Step[] = ['receiving', 'grading', 'put_away'];

/** What scanning an item does from now on; without `step`, the next. */
export function changeStep(
  state: StationState,
  open: OpenReturn,
  step: Step = ORDER[(ORDER.indexOf(open.step) + 1) % ORDER.length] ?? 'receiving',
): Turn {
  return then(settle(state), (next) => {
    if (next.open?.kind !== 'return') return turn(next);
    const changed = withOpen({ ...next, choices: [] }, next.open, { step, focus: null });
    return turn(
      say(changed, {
        tone: 'note',
        title: STEPS[step],
        text:
          step === 'receiving'
            ? 'Scan items: they are counted.'
            : `Scan an item to ${step === 'grading' ? 'grade it' : 'put it away'}; nothing is counted.`,
      }),
    );
  });
}

/** Takes back what is only proposed. */
export function dropProposal(state: StationState, open: OpenReturn, proposal: Proposal): Turn {
  const title = lineOf(state, open, proposal.lineId)?.title ?? '';
  const what = proposal.grade === null ? 'Nothing was put away' : `Grade ${proposal.grade} was not recorded`;
  return turn(
    say(withOpen(state, open, { proposal: null, focus: proposal.lineId }), { tone: 'note', title: 'Undone', text: `${title}: ${what}.` }),
  );
}
