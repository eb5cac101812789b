/** A parcel nobody announced as the API shows it. Pure; fields may be added, never renamed. */
import { statusOfFound, type FoundParcel, type FoundParcelStatus } from './rules/found-parcel.state.js';

/** Texts of notes by their reference; one that is missing is shown as null. */
type NoteTexts = ReadonlyMap<string, string>;

function wordsOf(status: FoundParcelStatus, parcel: FoundParcel): string {
  const returnId = parcel.match?.returnId;
  switch (status) {
    case 'unmatched':
      return 'Recorded. Nothing is put in stock and nothing is refunded until it is matched with a return.';
    case 'matched':
      return parcel.scans.length === 0
        ? `It belongs to the return ${returnId}. Scan its contents; they go there at once.`
        : `It belongs to the return ${returnId}. What was scanned is being handed over there, with its own times; until then nothing is in stock and nothing refunded.`;
    case 'handed_over':
      return `Everything scanned is with the return ${returnId}, received when it was scanned. Corrections are made there.`;
    case 'refused':
      return `The return ${returnId} did not take everything that was scanned. Match it with another return, or again when that one can take it.`;
  }
}

/** @param notes none: notes are left out (null), as in lists */
export function presentFoundParcel(parcelId: string, parcel: FoundParcel, notes: NoteTexts = new Map()) {
  const status = statusOfFound(parcel);
  const textOf = (noteRef: string | null): string | null => (noteRef === null ? null : (notes.get(noteRef) ?? null));
  return {
    parcelId,
    state: status,
    foundAt: parcel.foundAt,
    station: parcel.station,
    trackingNumber: parcel.trackingNumber,
    note: textOf(parcel.noteRef),
    returnId: parcel.match?.returnId ?? null,
    words: wordsOf(status, parcel),
    scans: parcel.scans.map(({ scanId, at, station, handover, refusal, items }) => ({
      scanId,
      at,
      station,
      handover,
      refusal,
      items: items.map(({ barcode, quantity, noteRef }) => ({ barcode, quantity, note: textOf(noteRef) })),
    })),
  };
}

/** References of all notes of the parcel. */
export const noteRefsOf = (parcel: FoundParcel): readonly string[] =>
  [parcel.noteRef, ...parcel.scans.flatMap((scan) => scan.items.map((item) => item.noteRef))].filter((ref) => ref !== null);
