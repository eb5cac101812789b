/**
 * A keyboard-wedge scanner is a keyboard: it presses the keys that write a code on the layout it thinks of, and the
 * computer writes what those keys mean on its own. Where the two differ, `A-1001-R1` arrives as `Aß1001ßR1` (a US scanner
 * at a German computer) or `A/1001/R1` (the other way round). Pure, and the same in the service and in the pages.
 */
import { isArticleNumber } from './gs1.js';
import { codeKey } from './scanned-code.js';

/** What the keys write, row by row from the one left of 1 to the one before the right Shift, without and with Shift; dead keys as their accent. */
type Layout = { readonly name: string; readonly plain: string; readonly shifted: string };

const US: Layout = {
  name: 'US',
  plain: "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./",
  shifted: '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?',
};
const OTHERS: readonly Layout[] = [
  { name: 'German', plain: '^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-', shifted: '°!"§$%&/()=?`QWERTZUIOPÜ*\'ASDFGHJKLÖÄYXCVBNM;:_' },
  { name: 'French', plain: '²&é"\'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!', shifted: '³1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§' },
  {
    name: 'Belgian',
    plain: '²&é"\'(§è!çà)-azertyuiop^$µqsdfghjklmùwxcvbn,;:=',
    shifted: '³1234567890°_AZERTYUIOP¨*£QSDFGHJKLM%WXCVBN?./+',
  },
  {
    name: 'Swiss German',
    plain: "§1234567890'^qwertzuiopü¨$asdfghjklöäyxcvbnm,.-",
    shifted: '°+"*ç%&/()=?`QWERTZUIOPè!£ASDFGHJKLéàYXCVBNM;:_',
  },
  {
    name: 'Swiss French',
    plain: "§1234567890'^qwertzuiopè¨$asdfghjkléàyxcvbnm,.-",
    shifted: '°+"*ç%&/()=?`QWERTZUIOPü!£ASDFGHJKLöäYXCVBNM;:_',
  },
  { name: 'British', plain: "`1234567890-=qwertyuiop[]#asdfghjkl;'zxcvbnm,./", shifted: '¬!"£$%^&*()_+QWERTYUIOP{}~ASDFGHJKL:@ZXCVBNM<>?' },
  { name: 'Spanish', plain: "º1234567890'¡qwertyuiop`+çasdfghjklñ´zxcvbnm,.-", shifted: 'ª!"·$%&/()=?¿QWERTYUIOP^*ÇASDFGHJKLÑ¨ZXCVBNM;:_' },
  {
    name: 'Latin American',
    plain: "|1234567890'¿qwertyuiop´+}asdfghjklñ{zxcvbnm,.-",
    shifted: '°!"#$%&/()=?¡QWERTYUIOP¨*]ASDFGHJKLÑ[ZXCVBNM;:_',
  },
  {
    name: 'Italian',
    plain: "\\1234567890'ìqwertyuiopè+ùasdfghjklòàzxcvbnm,.-",
    shifted: '|!"£$%&/()=?^QWERTYUIOPé*§ASDFGHJKLç°ZXCVBNM;:_',
  },
  {
    name: 'Portuguese',
    plain: "\\1234567890'«qwertyuiop+´~asdfghjklçºzxcvbnm,.-",
    shifted: '|!"#$%&/()=?»QWERTYUIOP*`^ASDFGHJKLÇªZXCVBNM;:_',
  },
  {
    name: 'Brazilian',
    plain: "'1234567890-=qwertyuiop´[]asdfghjklç~zxcvbnm,.;",
    shifted: '"!@#$%¨&*()_+QWERTYUIOP`{}ASDFGHJKLÇ^ZXCVBNM<>:',
  },
  { name: 'Swedish', plain: "§1234567890+´qwertyuiopå¨'asdfghjklöäzxcvbnm,.-", shifted: '½!"#¤%&/()=?`QWERTYUIOPÅ^*ASDFGHJKLÖÄZXCVBNM;:_' },
  { name: 'Danish', plain: "½1234567890+´qwertyuiopå¨'asdfghjklæøzxcvbnm,.-", shifted: '§!"#¤%&/()=?`QWERTYUIOPÅ^*ASDFGHJKLÆØZXCVBNM;:_' },
  {
    name: 'Norwegian',
    plain: "|1234567890+\\qwertyuiopå¨'asdfghjkløæzxcvbnm,.-",
    shifted: '§!"#¤%&/()=?`QWERTYUIOPÅ^*ASDFGHJKLØÆZXCVBNM;:_',
  },
  {
    name: 'Canadian French',
    plain: '#1234567890-=qwertyuiop^¸<asdfghjkl;`zxcvbnm,.é',
    shifted: '|!"/$%?&*()_+QWERTYUIOP^¨>ASDFGHJKL:`ZXCVBNM\'.É',
  },
  { name: 'Czech', plain: ';+ěščřžýáíé=´qwertzuiopú)¨asdfghjklů§yxcvbnm,.-', shifted: '°1234567890%ˇQWERTZUIOP/(\'ASDFGHJKL"!YXCVBNM?:_' },
  {
    name: 'Hungarian',
    plain: '0123456789öüóqwertzuiopőúűasdfghjkléáyxcvbnm,.-',
    shifted: '§\'"+!%/=()ÖÜÓQWERTZUIOPŐÚŰASDFGHJKLÉÁYXCVBNM?:_',
  },
  { name: 'Turkish', plain: '"1234567890*-qwertyuıopğü,asdfghjklşizxcvbnmöç.', shifted: "é!'^+%&/()=?_QWERTYUIOPĞÜ;ASDFGHJKLŞİZXCVBNMÖÇ:" },
];

/** A scanner's layout and the computer's. With `isShifted`, Shift was held down all along, or the Caps Lock acts on digits, too. */
type Pair = { readonly scanner: Layout; readonly computer: Layout; readonly isShifted: boolean };
const PAIRS: readonly Pair[] = [
  ...OTHERS.map((computer) => ({ scanner: US, computer, isShifted: false })),
  ...OTHERS.map((scanner) => ({ scanner, computer: US, isShifted: false })),
  ...[US, ...OTHERS].map((computer) => ({ scanner: US, computer, isShifted: true })),
];

/** Signs that stay what they are: many scanners write digits by the keypad, some letters by their code. */
const KEPT: readonly RegExp[] = [/\s/, /[\s0-9A-Za-z]/, /[\s0-9]/];

/** What was in the code if those keys were pressed; undefined where no key writes a sign of it. */
function pressed(typed: string, { scanner, computer, isShifted }: Pair, kept: RegExp): string | undefined {
  let code = '';
  for (const sign of typed) {
    const plain = computer.plain.indexOf(sign);
    const place = plain >= 0 ? plain : computer.shifted.indexOf(sign);
    if (!kept.test(sign) && place < 0) return undefined;
    const row = plain >= 0 === isShifted ? scanner.shifted : scanner.plain;
    code += kept.test(sign) ? sign : (row[place] ?? '');
  }
  return code;
}

/** How a scan reads if the scanner thinks of another keyboard than the computer. */
export type LayoutReading = { readonly code: string; readonly scanner: string; readonly computer: string };

const PLAUSIBLE = /^[#\]A-Za-z0-9][\x20-\x7e]{2,}$/;

/** Everything that may have been in the code if the scanner thinks of another keyboard, each code once; without what was typed itself. */
export function layoutReadingsOf(typed: string): readonly LayoutReading[] {
  const readings = new Map<string, LayoutReading>([[codeKey(typed), { code: typed, scanner: '', computer: '' }]]);
  // The likeliest first: every key pressed alike, then nothing but signs changed, then digits from a keypad.
  for (const kept of KEPT) {
    for (const pair of PAIRS) {
      const code = pressed(typed, pair, kept);
      if (code === undefined || !PLAUSIBLE.test(code) || readings.has(codeKey(code))) continue;
      readings.set(codeKey(code), { code, scanner: pair.scanner.name, computer: pair.computer.name });
    }
  }
  return [...readings.values()].slice(1);
}

const PLAIN = /^[\w#][\w#.:-]*$/;
const ITS_OWN_CODE = /-R[1-9]\d*$/i;
const isLongArticle = (code: string): boolean => code.length >= 12 && isArticleNumber(code);

/** The article that digits typed as signs mean; undefined where none or several could be meant. */
export function articleMeant(typed: string): LayoutReading | undefined {
  if (/\d/.test(typed) && /^\w+$/.test(typed)) return undefined;
  const [meant, another] = layoutReadingsOf(typed).filter(({ code }) => isLongArticle(code));
  return another === undefined ? meant : undefined;
}

/** Does an unknown code look like one that was typed with another keyboard? Then how it would read. */
export function suspectedLayout(typed: string): LayoutReading | undefined {
  if (PLAIN.test(typed)) return undefined;
  const readings = layoutReadingsOf(typed);
  const telling = readings.find(({ code }) => ITS_OWN_CODE.test(code) || isLongArticle(code));
  const isForeign = !/^[\x20-\x7e]*$/.test(typed);
  return telling ?? (isForeign ? readings.find(({ code }) => PLAIN.test(code)) : undefined);
}

/** Holds the signs in which layouts differ and that codes have, none that needs Shift beside the letters. */
export const TEST_CODE = 'BH-TEST-AQWMYZ/0123456789';

/**
 * Whose keyboard makes `typed` of the test code `expected`: every pair that does, as `scanner` and `computer`.
 * Letters' case is left out; Caps Lock inverts it and nothing else.
 */
export function layoutsBetween(expected: string, typed: string): readonly LayoutReading[] {
  const wanted = expected.toUpperCase();
  const pairs = PAIRS.filter((pair) => KEPT.some((kept) => pressed(typed, pair, kept)?.toUpperCase() === wanted));
  return pairs.map(({ scanner, computer }) => ({ code: expected, scanner: scanner.name, computer: computer.name }));
}
