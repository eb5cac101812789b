/** A conflict in words: what was scanned, and what a clerk does about it. Pure. */
import { count, plain } from '../../shared/words/words';
import type { StationCommand } from './commands';

const list = (items: readonly string[]): string => (items.length === 0 ? 'nothing' : items.join(', '));

/** What the clerk did: `Received 2 × 4006381333931`. */
export function deedIn(command: StationCommand): string {
  switch (command.kind) {
    case 'receipt':
      return `Received ${list(command.body.items.map(({ barcode, lineId, quantity }) => `${quantity} × ${barcode ?? `line ${lineId ?? '?'}`}`))}`;
    case 'correction':
      return `Took back ${count(command.body.quantity, 'piece')} of a scan`;
    case 'mismatch':
      return `Reported a wrong item${command.body.foundBarcode === undefined || command.body.foundBarcode === null ? '' : ` (${command.body.foundBarcode})`}`;
    case 'missing':
      return `Marked as missing: ${list(command.body.items.map(({ lineId, quantity }) => `${quantity} × line ${lineId}`))}`;
    case 'inspection':
      return `Graded ${list(command.body.items.map(({ lineId, quantity, grade }) => `${quantity} × line ${lineId} as ${grade}`))}`;
    case 'disposition':
      return `Put away ${list(command.body.items.map(({ lineId, quantity, disposition }) => `${quantity} × line ${lineId} (${plain(disposition)})`))}`;
    case 'found_parcel':
      return `Recorded an unannounced parcel${command.body.trackingNumber === undefined || command.body.trackingNumber === null ? '' : ` (${command.body.trackingNumber})`}`;
    case 'found_items':
      return `Scanned ${count(
        command.body.items.reduce((sum, { quantity }) => sum + quantity, 0),
        'piece',
      )} in an unannounced parcel`;
  }
}

/** Where it was meant to go: `return A-1001-R1`. */
export function targetOf(command: StationCommand): string {
  if ('returnId' in command) return `return ${command.returnId}`;
  if (command.kind === 'found_items') return `parcel ${command.parcelId}`;
  return command.body.parcelId === undefined ? 'a new parcel' : `parcel ${command.body.parcelId}`;
}

const ADVICE: Readonly<Record<string, string>> = {
  not_found: 'Check the number on the label. If the goods lie before you, record the parcel as unannounced; it can be matched later.',
  validation_failed:
    'The service does not understand this scan. If it says that a time lies in the future, set the clock of this device. Then scan the goods again.',
  invalid_state:
    'Somebody may have done it before you. Open the return, compare it with the goods before you, and scan or correct what differs.',
  idempotency_conflict: 'Open the return and look whether the scan is there. Scan the goods again if it is not.',
  unknown_line: 'The return has no such item. Open the return and report a wrong item instead.',
  unknown_photo: 'The photo did not arrive. Take it again and grade the item once more.',
  sent_by_another:
    'Nobody knows whether the service did it. Open the return, look at its history, and do it again only if it is not there.',
};
const USUAL_ADVICE = 'Open the return, compare it with the goods before you, and scan or correct what differs.';

/** What to do about a refusal with this code. */
export const adviceOn = (code: string): string => ADVICE[code] ?? USUAL_ADVICE;
