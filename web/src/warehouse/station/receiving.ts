/** Receiving: a return is opened, its items are counted, what does not belong is set aside. Pure. */
import { otherReturnWords } from '../../../../src/returns/words/expected.words';
import { fitting, isSameCode, printedCode } from '../../../../src/shared/scanned-code';
import type { Schemas } from '../../shared/api/api';
import type { Counts } from '../queue/commands';
import { isKnownByName, itemIn, roomIn, type Line } from './codes';
import type { Choice, ExpectedReturn, OpenReturn, Scan, ScanEntry, StationState, Turn } from './model';
import { linesOf, pieces, returnIdOf, say, send, then, turn, withOpen } from './turns';

const ENDED: ReadonlySet<string> = new Set(['declined', 'cancelled', 'expired', 'closed']);
type Elsewhere = NonNullable<ExpectedReturn['elsewhere']>[number];

const roomOf = (ret: ExpectedReturn): number => ret.lines.reduce((sum, line) => sum + roomIn(line), 0);

/** The return of the parcel that lies before the clerk. `code`: what was scanned to open it. */
export function openReturn(state: StationState, ret: ExpectedReturn, code: string): Turn {
  if (state.open?.kind === 'return' && state.open.ret.returnId === ret.returnId) {
    return turn(say(state, { tone: 'duplicate', title: 'Open already', text: `You are working on ${ret.returnId}. Scan its items.` }));
  }
  const trackingNumber = ret.trackingNumbers.find((each) => isSameCode(code, each)) ?? null;
  const open: OpenReturn = {
    kind: 'return',
    ret,
    trackingNumber,
    step: 'receiving',
    focus: null,
    proposal: null,
    isWholeLine: false,
    photos: [],
    scans: [],
  };
  // What is told of a return counts everything that waits in this browser, twice where the service has done it already. So
  // it is asked for again: taken once nothing waits.
  const waiting = state.waiting.filter((each) => returnIdOf(each) !== ret.returnId);
  return turn(say({ ...state, open, waiting, choices: [] }, opened(ret)), [], [{ do: 'refresh', returnId: ret.returnId }]);
}

function opened(ret: ExpectedReturn): Parameters<typeof say>[1] {
  const { returnId, status, awaiting, words } = ret;
  const left = roomOf(ret);
  if (ENDED.has(status) && (status !== 'closed' || left > 0))
    return { tone: 'ended', title: `Return ${status}`, text: `${returnId}. ${words}` };
  const toDo = ret.lines.reduce((sum, line) => sum + line.awaitingInspection + line.toPutAway, 0);
  if (awaiting === 0) {
    const next = toDo > 0 ? ` ${pieces(toDo)} still to grade or put away: F9.` : '';
    return { tone: 'already_received', title: 'Already received', text: `${returnId}: everything announced has come.${next}` };
  }
  return { tone: 'opened', title: `${pieces(awaiting)} awaited`, text: `${returnId} is open. Scan its items.` };
}

function receiptOf(
  { station }: StationState,
  { ret, trackingNumber }: OpenReturn,
  scan: Scan,
  item: Pick<Schemas['ReceiptItemBody'], 'lineId' | 'barcode'>,
) {
  const body: Schemas['ReceiptBody'] = { scanId: scan.id, station, scannedAt: scan.at, trackingNumber, items: [{ ...item, quantity: 1 }] };
  return { kind: 'receipt', returnId: ret.returnId, body } as const;
}

const entryOf = (scan: Scan, code: string, told: Pick<ScanEntry, 'lineId' | 'title' | 'outcome'>): ScanEntry => ({
  scanId: scan.id,
  at: scan.at,
  code,
  state: 'waiting',
  isUndone: false,
  ...told,
});

/** A piece came that the line awaited, had given up on, or lost when its return ended. */
function countsOfReceipt(line: Line): Counts {
  const from: Counts = line.awaiting > 0 ? { awaiting: -1 } : line.missing > 0 ? { missing: -1 } : {};
  return { ...from, received: 1, awaitingInspection: 1 };
}

/** An item of the open return: its counter goes up, unless there are more than announced. */
export function receive(state: StationState, open: OpenReturn, scan: Scan, { line, code }: NonNullable<ReturnType<typeof itemIn>>): Turn {
  const isWanted = roomIn(line) > 0;
  const { lineId, title } = line;
  const entry = entryOf(scan, code, { lineId, title, outcome: isWanted ? 'accepted' : 'surplus' });
  const scans = [entry, ...open.scans];
  const command = receiptOf(state, open, scan, isKnownByName(line) ? { lineId } : { barcode: code });
  if (!isWanted) {
    const said = say(withOpen(state, open, { scans, focus: null }), {
      tone: 'too_many',
      title: 'Too many',
      text: `${title}: ${pieces(line.authorised)} announced, all are here. Set this one aside; it is not refunded.`,
      scanId: scan.id,
    });
    return send(said, command);
  }
  const said = say(withOpen(state, open, { scans, focus: lineId }), {
    tone: 'accepted',
    title: `${line.received + 1} of ${line.authorised}`,
    text: `${title}. ${whatNext(open, line)}`,
    scanId: scan.id,
  });
  return send(said, command, [{ lineId, counts: countsOfReceipt(line) }]);
}

function whatNext({ ret }: OpenReturn, line: Line): string {
  const grade = ret.inspectionRequired ? 'Give its grade, or scan the next.' : 'Scan the next, or give its grade.';
  const left = roomIn(line) - 1;
  if (left > 0 && line.awaiting <= 1) return `${left} more ${left === 1 ? 'was' : 'were'} given up as missing. ${grade}`;
  return left <= 0 ? `This line is complete. ${grade}` : `${line.awaiting - 1} more to come. ${grade}`;
}

/** What another open return of the order still awaits under this code, less what was scanned here since. */
export function awaitedElsewhere(
  { ret, scans }: OpenReturn,
  scanned: string,
): { readonly item: Elsewhere; readonly code: string } | undefined {
  const onTheWay = (item: Elsewhere): number =>
    scans.filter((scan) => scan.outcome === 'other_return' && scan.state === 'waiting' && !scan.isUndone && scan.lineId === item.lineId)
      .length;
  const [found] = fitting(
    scanned,
    (ret.elsewhere ?? []).filter((item) => item.awaiting > onTheWay(item)),
    ({ barcode, sku }) => [barcode, sku],
  );
  return found === undefined ? undefined : { item: found.value, code: found.code };
}

/** The customer put two returns into one parcel: the service receives it where it belongs. */
export function receiveElsewhere(
  state: StationState,
  open: OpenReturn,
  scan: Scan,
  { item, code }: NonNullable<ReturnType<typeof awaitedElsewhere>>,
): Turn {
  const entry = entryOf(scan, code, { lineId: item.lineId, title: `${item.title} (${item.returnId})`, outcome: 'other_return' });
  const said = say(withOpen(state, open, { scans: [entry, ...open.scans], focus: null }), {
    tone: 'accepted',
    title: `Belongs to ${item.returnId}`,
    text: `${item.title}. ${otherReturnWords(item.returnId)}`,
    scanId: scan.id,
  });
  return send({ ...said, choices: [] }, receiptOf(state, open, scan, { barcode: code }));
}

/** An item that does not belong to the open return: recorded with it and set aside. */
export function setAside(state: StationState, open: OpenReturn, scan: Scan, why: string): Turn {
  const code = printedCode(scan.code);
  const entry = entryOf(scan, code, { lineId: null, title: `Not in this return: ${code}`, outcome: 'not_in_return' });
  const said = say(withOpen(state, open, { scans: [entry, ...open.scans], focus: null }), {
    tone: 'wrong_item',
    title: 'Not in this return',
    text: why,
    scanId: scan.id,
  });
  const choices = linesOf(state, open)
    .filter((line) => line.awaiting > 0)
    .slice(0, 9)
    .map((line): Choice => ({ label: `It came instead of: ${line.title}`, action: { do: 'instead_of', lineId: line.lineId, code } }));
  return send({ ...said, choices }, receiptOf(state, open, scan, { barcode: code }));
}

/** The customer sent something else than they announced: the line stays awaited. */
export function recordMismatch(
  state: StationState,
  open: OpenReturn,
  { lineId, code }: { readonly lineId: string; readonly code: string },
  id: string,
): Turn {
  const title = linesOf(state, open).find((line) => line.lineId === lineId)?.title ?? lineId;
  const body: Schemas['MismatchBody'] = {
    scanId: id,
    station: state.station,
    expectedLineId: lineId,
    foundBarcode: code.slice(0, 100),
    quantity: 1,
    photos: [...open.photos],
  };
  const said = say(withOpen(state, open, { photos: [] }), {
    tone: 'note',
    title: 'Mismatch recorded',
    text: `${code} came instead of ${title}, which stays awaited. Nothing is refunded for it.`,
  });
  return send({ ...said, choices: [] }, { kind: 'mismatch', returnId: open.ret.returnId, body });
}

/** Takes back the pieces of a scan: the latest, or the one that is named. */
export function undo(state: StationState, open: OpenReturn, correctionId: string, scanId?: string): Turn {
  const entry = open.scans.find((each) => !each.isUndone && each.state !== 'refused' && (scanId === undefined || each.scanId === scanId));
  if (entry === undefined)
    return turn(
      say(state, { tone: 'refused', title: 'Nothing to undo', text: 'No scan of this parcel, made here, is left to take back.' }),
    );
  const { lineId, title, outcome } = entry;
  const scans = open.scans.map((each) => (each === entry ? { ...each, isUndone: true } : each));
  const body = { station: state.station, lineId, quantity: 1, why: 'wrong_scan', correctionId } as const;
  const isCounted = outcome === 'accepted' && lineId !== null;
  const said = say(withOpen(state, open, { scans, focus: null }), {
    tone: 'note',
    title: 'Undone',
    text: isCounted ? `Took back: ${title}. It is awaited again.` : `Took back: ${title}.`,
    scanId: entry.scanId,
  });
  const effects = isCounted ? [{ lineId, counts: { awaiting: 1, received: -1, awaitingInspection: -1 } }] : [];
  return send({ ...said, choices: [] }, { kind: 'correction', returnId: open.ret.returnId, scanId: entry.scanId, body }, effects);
}

const awaitedIn = (state: StationState, open: OpenReturn): readonly Line[] => linesOf(state, open).filter((line) => line.awaiting > 0);
const sumOf = (lines: readonly Line[], count: 'awaiting' | 'received'): number => lines.reduce((sum, line) => sum + line[count], 0);

/** Closes the shortfall, after the clerk was asked. */
export function markMissing(state: StationState, open: OpenReturn, isSure: boolean): Turn {
  const lines = awaitedIn(state, open);
  const count = sumOf(lines, 'awaiting');
  if (count === 0) return turn(say(state, { tone: 'refused', title: 'Nothing is missing', text: 'Everything announced has come.' }));
  if (!isSure) {
    const asked = say(state, {
      tone: 'question',
      title: `${pieces(count)} missing?`,
      text: `${lines.map((line) => line.title).join(', ')}. Nothing will be refunded for them.`,
    });
    return turn({ ...asked, choices: [{ label: `Yes, ${pieces(count)} did not come`, action: { do: 'mark_missing' } }] });
  }
  const items = lines.map(({ lineId, awaiting }) => ({ lineId, quantity: awaiting }));
  const said = say(
    { ...state, choices: [] },
    { tone: 'note', title: 'Marked missing', text: `${pieces(count)}. If they come after all, scan them.` },
  );
  const effects = items.map(({ lineId, quantity }) => ({ lineId, counts: { awaiting: -quantity, missing: quantity } }));
  return send(
    said,
    { kind: 'missing', returnId: open.ret.returnId, body: { station: state.station, why: 'not_in_parcel', items } },
    effects,
  );
}

/** Puts the parcel away; where something is still awaited, the clerk is asked first. */
export function done(state: StationState, open: OpenReturn, isSure: boolean): Turn {
  const count = sumOf(awaitedIn(state, open), 'awaiting');
  if (count > 0 && !isSure && !ENDED.has(open.ret.status)) {
    const asked = say(state, {
      tone: 'question',
      title: `${pieces(count)} still awaited`,
      text: 'Is there another parcel to come, or is something missing?',
    });
    const choices: readonly Choice[] = [
      { label: 'More will come: leave it open', action: { do: 'leave' } },
      { label: 'The rest is missing', action: { do: 'mark_missing' } },
    ];
    return turn({ ...asked, choices });
  }
  const received = sumOf(linesOf(state, open), 'received');
  const rest = count > 0 ? `, ${count} awaited` : '';
  return turn(
    say(
      { ...state, open: null, choices: [] },
      { tone: 'note', title: 'Done', text: `${open.ret.returnId}: ${pieces(received)} received${rest}. Scan the next parcel.` },
    ),
  );
}

/** What was scanned may be an item of the return; `then`'s first part has settled what was proposed before. */
export const receiveItem = (settled: Turn, scan: Scan): Turn =>
  then(settled, (state) => {
    const open = state.open;
    const item = open?.kind === 'return' ? itemIn(scan.code, linesOf(state, open)) : undefined;
    return open?.kind === 'return' && item !== undefined ? receive({ ...state, choices: [] }, open, scan, item) : turn(state);
  });
