/** What keys mean now; the screen shows them, the keyboard and printed codes do the same. Pure. */
import { DISPOSITION_KEYS, DISPOSITIONS, GRADES, NEXT_STEP } from './codes';
import { gradableLine } from './grading';
import type { StationState } from './model';

type KeyWord = { readonly key: string; readonly word: string; readonly code: string };

const gradeKeys: readonly KeyWord[] = Object.entries(GRADES).map(([grade, word]) => ({ key: grade, word, code: `BH:GRADE:${grade}` }));
const putAwayKeys: readonly KeyWord[] = DISPOSITION_KEYS.map((disposition, index) => ({
  key: String(index + 1),
  word: DISPOSITIONS[disposition],
  code: `BH:${index + 1}`,
}));
const notAnnounced: KeyWord = { key: 'F7', word: 'Not announced', code: 'BH:NOT-ANNOUNCED' };
const done: KeyWord = { key: 'F4', word: 'Done', code: 'BH:DONE' };
const onReturn: readonly KeyWord[] = [
  { key: 'F2', word: 'Undo', code: 'BH:UNDO' },
  { key: 'F3', word: 'Whole line', code: 'BH:ALL' },
  done,
  { key: 'F6', word: 'Rest is missing', code: 'BH:MISSING' },
  notAnnounced,
  { key: 'F8', word: 'Photo', code: 'BH:PHOTO' },
  { key: 'F9', word: 'Receive, grade, put away', code: NEXT_STEP },
];

/** The keys that do something now. */
export function keysOf(state: StationState): readonly KeyWord[] {
  const { open } = state;
  if (open === null) return [notAnnounced];
  if (open.kind === 'found') return [done, notAnnounced];
  const hasPlace = open.proposal !== null && open.proposal.disposition !== null;
  return [
    ...(hasPlace ? [{ key: 'Enter', word: 'Confirm', code: 'BH:OK' }] : []),
    ...(gradableLine(state, open) === undefined ? [] : gradeKeys),
    ...(open.proposal === null || state.choices.length > 0 ? [] : putAwayKeys),
    ...onReturn,
  ];
}

/** What a lone letter or digit means now; undefined: it is text. */
export function meaningOf(state: StationState, key: string): string | undefined {
  if (state.choices[Number(key) - 1] !== undefined) return `BH:${key}`;
  return keysOf(state).find((each) => each.key === key.toUpperCase())?.code;
}
