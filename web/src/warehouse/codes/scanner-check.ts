/** What came of scanning the test code, and how to set the scanner right. Pure. */
import { layoutsBetween, TEST_CODE } from '../../../../src/shared/keyboard-layouts';

export type Verdict = { readonly isRight: boolean; readonly title: string; readonly text: string };

const inverted = (text: string): string =>
  [...text].map((sign) => (sign === sign.toUpperCase() ? sign.toLowerCase() : sign.toUpperCase())).join('');
const OVER = 'Scan once more when it is set.';

/** @param typed what appeared in the field */
export function checked(typed: string): Verdict {
  const came = typed.trim();
  if (came === TEST_CODE) return { isRight: true, title: 'Right', text: 'This scanner and this computer think of the same keyboard.' };
  if (came === inverted(TEST_CODE))
    return {
      isRight: false,
      title: 'Caps Lock is on',
      text: `Capital and small letters are exchanged. The station reads such codes all the same; press Caps Lock to end it. ${OVER}`,
    };
  if (came.startsWith(']') && came.endsWith(TEST_CODE))
    return {
      isRight: true,
      title: 'Right',
      text: 'The scanner tells the kind of code before it (AIM identifier), which the station understands.',
    };
  const [first, ...others] = layoutsBetween(TEST_CODE, came);
  if (first !== undefined) return otherLayout([first, ...others]);
  if (TEST_CODE.startsWith(came))
    return {
      isRight: false,
      title: 'Not complete',
      text: 'The end is missing. The scanner may type faster than this computer takes it: set a delay between characters (inter-character delay) by its manual.',
    };
  return {
    isRight: false,
    title: 'Not the test code',
    text: `This came: ${came}. If you scanned the test code, set the scanner's keyboard country to that of this computer by its manual. ${OVER}`,
  };
}

function otherLayout(layouts: readonly { readonly scanner: string; readonly computer: string }[]): Verdict {
  const [first] = layouts;
  if (first?.scanner === first?.computer)
    return {
      isRight: false,
      title: 'Shift is held down',
      text: `Digits came as signs: Shift or Caps Lock is on, or the scanner is set to a wrong Caps Lock mode. ${OVER}`,
    };
  const names = (side: 'scanner' | 'computer'): string => [...new Set(layouts.map((each) => each[side]))].join(' or ');
  return {
    isRight: false,
    title: 'Another keyboard layout',
    text: `The scanner types as for a ${names('scanner')} keyboard, this computer has a ${names('computer')} one. Scan the code for the keyboard country ${names('computer')} in the scanner's manual, or set this computer's keyboard to ${names('scanner')}. ${OVER}`,
  };
}
