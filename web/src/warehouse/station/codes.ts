/** What a scanned text may be: one of the station's own control codes, an item, or something to look up. Pure. */
import { layoutReadingsOf } from '../../../../src/shared/keyboard-layouts';
import { codeKey, fitting, printedCode } from '../../../../src/shared/scanned-code';
import type { Schemas } from '../../shared/api/api';

export type Grade = Schemas['InspectedItemBody']['grade'];
export type Disposition = Schemas['DisposedItemBody']['disposition'];
export type Line = Schemas['QueueLineAnswer'];

export const GRADES = {
  A: 'As new, sealed',
  B: 'Opened, complete',
  C: 'Worn or parts missing, can be mended',
  D: 'Damaged',
  X: 'Wrong, counterfeit or an empty box',
} as const satisfies Record<Grade, string>;

/** In the order of their numbers on the keyboard. */
export const DISPOSITIONS = {
  restock: 'Restock',
  open_box: 'Open box',
  refurbish: 'Refurbish',
  scrap: 'Scrap',
  recycle: 'Recycle',
  donate: 'Donate',
  return_to_vendor: 'Return to vendor',
  return_to_customer: 'Return to customer',
  quarantine: 'Quarantine',
} as const satisfies Record<Disposition, string>;

/** Where a unit of that grade usually goes. */
export const USUAL_DISPOSITION: Readonly<Record<Grade, Disposition>> = {
  A: 'restock',
  B: 'restock',
  C: 'refurbish',
  D: 'scrap',
  X: 'quarantine',
};

export const STEPS = { receiving: 'Receive', grading: 'Grade', put_away: 'Put away' } as const;
export type Step = keyof typeof STEPS;

export type Control =
  | { readonly kind: 'ok' | 'undo' | 'whole_line' | 'done' | 'missing' | 'not_announced' | 'photo' | 'next_step' | 'help' }
  | { readonly kind: 'grade'; readonly grade: Grade }
  | { readonly kind: 'dispose'; readonly disposition: Disposition }
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'pick'; readonly number: number };

export type ControlCode = {
  readonly code: string;
  readonly label: string;
  readonly control: Control;
  /** The key that does the same. */ readonly key: string;
};
type ControlGroup = { readonly title: string; readonly codes: readonly ControlCode[] };

const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] => Object.keys(record) as Key[];

/** What the keys 1 to 9 mean for a piece that is put away. */
export const DISPOSITION_KEYS: readonly Disposition[] = keysOf(DISPOSITIONS);

/** Everything that can be printed and scanned, as it stands on the sheet of control codes. */
export const CONTROL_GROUPS: readonly ControlGroup[] = [
  {
    title: 'Steps',
    codes: [
      { code: 'BH:OK', label: 'Confirm what is proposed', control: { kind: 'ok' }, key: 'Enter' },
      { code: 'BH:UNDO', label: 'Undo the last scan', control: { kind: 'undo' }, key: 'F2' },
      { code: 'BH:ALL', label: 'The whole line, not one piece', control: { kind: 'whole_line' }, key: 'F3' },
      { code: 'BH:DONE', label: 'Done with this parcel', control: { kind: 'done' }, key: 'F4' },
      { code: 'BH:MISSING', label: 'The rest is missing', control: { kind: 'missing' }, key: 'F6' },
      { code: 'BH:NOT-ANNOUNCED', label: 'Nobody announced this parcel', control: { kind: 'not_announced' }, key: 'F7' },
      { code: 'BH:PHOTO', label: 'Take a photo', control: { kind: 'photo' }, key: 'F8' },
      { code: 'BH:HELP', label: 'Show the keys', control: { kind: 'help' }, key: 'F1' },
    ],
  },
  {
    title: 'Grades',
    codes: keysOf(GRADES).map((grade) => ({
      code: `BH:GRADE:${grade}`,
      label: `${grade}: ${GRADES[grade]}`,
      control: { kind: 'grade', grade },
      key: grade,
    })),
  },
  {
    title: 'Dispositions',
    codes: DISPOSITION_KEYS.map((disposition, index) => ({
      code: `BH:DISPOSE:${disposition.replaceAll('_', '-').toUpperCase()}`,
      label: DISPOSITIONS[disposition],
      control: { kind: 'dispose', disposition },
      key: String(index + 1),
    })),
  },
  {
    title: 'What scanning an item does',
    codes: keysOf(STEPS).map((step) => ({
      code: `BH:STEP:${step.replaceAll('_', '-').toUpperCase()}`,
      label: STEPS[step],
      control: { kind: 'step', step },
      key: 'F9',
    })),
  },
  {
    title: 'Choices on the screen',
    codes: Array.from({ length: 9 }, (_, index) => ({
      code: `BH:${index + 1}`,
      label: `Choice ${index + 1}`,
      control: { kind: 'pick', number: index + 1 },
      key: String(index + 1),
    })),
  },
];

/** What the key F9 stands for; on paper each step has its own code. */
export const NEXT_STEP = 'BH:STEP:NEXT';

/** What stands between the letters and digits does not count. */
const signless = (text: string): string => text.replaceAll(/[^A-Za-z0-9]+/g, ':').toUpperCase();
const BY_TEXT: ReadonlyMap<string, Control> = new Map(
  CONTROL_GROUPS.flatMap(({ codes }) => codes.map(({ code, control }) => [signless(code), control] as const)).concat([
    [signless(NEXT_STEP), { kind: 'next_step' }],
  ]),
);

/** The control code in a scanned text, also of a scanner that thinks of another keyboard; undefined when it is none. */
export function controlIn(text: string): Control | undefined {
  const printed = printedCode(text);
  const control = BY_TEXT.get(signless(printed));
  if (control !== undefined || !/^bh/i.test(printed)) return control;
  return layoutReadingsOf(printed).flatMap(({ code }) => BY_TEXT.get(signless(code)) ?? [])[0];
}

/** How many of the line may still come in: awaited, or given up on before. */
export const roomIn = (line: Line): number => Math.max(0, line.authorised - line.received);

/** Made to order, or its product is deleted: nothing on it can be scanned, so its name is typed. */
export const isKnownByName = ({ barcode, sku }: Pick<Line, 'barcode' | 'sku'>): boolean => (barcode ?? '') === '' && (sku ?? '') === '';

/**
 * The line an item's code means, as the service chooses it: of several, one that awaits pieces. `code` is how the line
 * writes the code.
 */
export function itemIn(scanned: string, lines: readonly Line[]): { readonly line: Line; readonly code: string } | undefined {
  const coded = fitting(scanned, lines, ({ barcode, sku }) => [barcode, sku]).map(({ value, code }) => ({ line: value, code }));
  const name = codeKey(scanned);
  const named = lines
    .filter((line) => isKnownByName(line) && name !== '' && codeKey(line.title) === name)
    .map((line) => ({ line, code: line.title }));
  const found = [...coded, ...named];
  return found.find(({ line }) => line.awaiting > 0) ?? found.find(({ line }) => roomIn(line) > 0) ?? found[0];
}
