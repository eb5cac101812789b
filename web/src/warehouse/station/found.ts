/** Parcels nobody announced: recorded at once, their items scanned, matched with a return once somebody knows. Pure. */
import { printedCode } from '../../../../src/shared/scanned-code';
import type { Choice, ExpectedReturn, FoundParcel, OpenFound, Scan, StationState, Turn } from './model';
import { pieces, say, send, turn } from './turns';

/** One scan records it, whatever is known of it. `id`: a UUID. */
export function announce(state: StationState, code: string | null, id: string): Turn {
  const parcelId = `P-${id}`;
  const trackingNumber = code === null ? null : printedCode(code).slice(0, 100);
  const open: OpenFound = {
    kind: 'found',
    parcelId,
    trackingNumber,
    items: [],
    likely: [],
    words: 'Recorded. Nothing is put in stock and nothing is refunded until it is matched with a return.',
  };
  const said = say(
    { ...state, open, choices: [] },
    {
      tone: 'opened',
      title: 'Recorded',
      text: `${trackingNumber ?? 'A parcel without a code'}: nobody announced it. Scan what is inside.`,
    },
  );
  return send(said, { kind: 'found_parcel', body: { station: state.station, parcelId, trackingNumber } });
}

/** A parcel that was recorded before. */
export function openFound(state: StationState, parcelId: string, code: string): Turn {
  const open: OpenFound = { kind: 'found', parcelId, trackingNumber: code, items: [], likely: [], words: '' };
  return turn(
    say(
      { ...state, open, choices: [] },
      {
        tone: 'duplicate',
        title: 'Recorded already',
        text: 'Nobody announced this parcel. Scan more of its contents, or match it with a return.',
      },
    ),
    [],
    [{ do: 'look_at_parcel', parcelId }],
  );
}

export function addItem(state: StationState, open: OpenFound, scan: Scan): Turn {
  const code = printedCode(scan.code).slice(0, 100);
  const items = [{ scanId: scan.id, code, state: 'waiting' as const }, ...open.items];
  const said = say(
    { ...state, open: { ...open, items }, choices: [] },
    { tone: 'accepted', title: pieces(items.length), text: `${code} is recorded with this parcel.`, scanId: scan.id },
  );
  return send(said, {
    kind: 'found_items',
    parcelId: open.parcelId,
    body: { station: state.station, scanId: scan.id, items: [{ barcode: code, quantity: 1 }] },
  });
}

const candidate = ({ returnId, lines, awaiting }: ExpectedReturn): Choice => ({
  label: `Match with ${returnId}: ${lines.map((line) => line.title).join(', ')} (${awaiting} awaited)`,
  action: { do: 'match', returnId },
});

/** What the service knows of the parcel, and the returns it may belong to. */
export function parcelSeen(state: StationState, parcel: FoundParcel): Turn {
  const { open } = state;
  if (open?.kind !== 'found' || open.parcelId !== parcel.parcelId) return turn(state);
  const known = new Set(open.items.map((item) => item.scanId));
  const before = parcel.scans.flatMap(({ scanId, items }) =>
    known.has(scanId) ? [] : items.map((item) => ({ scanId, code: item.barcode ?? item.note ?? 'an item', state: 'recorded' as const })),
  );
  const seen: OpenFound = {
    ...open,
    items: [...open.items, ...before],
    likely: parcel.likely,
    words: parcel.words,
    trackingNumber: parcel.trackingNumber,
  };
  return turn({ ...state, open: seen, choices: parcel.likely.slice(0, 9).map(candidate) });
}

/** A return was scanned while an unannounced parcel is open: its paper inside, or the next parcel? */
export function whichParcel(state: StationState, ret: ExpectedReturn): Turn {
  const asked = say(state, {
    tone: 'question',
    title: 'Does it belong together?',
    text: `${ret.returnId}: ${ret.lines.map((line) => line.title).join(', ')}.`,
  });
  const choices: readonly Choice[] = [
    candidate(ret),
    { label: `This is the next parcel: open ${ret.returnId}`, action: { do: 'open', ret } },
  ];
  return turn({ ...asked, choices });
}
