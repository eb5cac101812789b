/**
 * Cells of an imported file as values, exactly: amounts are read digit by digit, never through a float. Every function
 * answers undefined for what it cannot read.
 */

/** The sign between whole and fraction, one for a whole column (see `import-decimals`). */
export type Decimal = '.' | ',';

/** A number as people write it, without what they put around it. `digits`: with its separators. `code`: `EUR` where it stands there. */
type WrittenNumber = { readonly isNegative: boolean; readonly digits: string; readonly code: string | undefined };

const CURRENCY = String.raw`(?:[A-Z]{1,2}\$|\p{Sc}|[A-Z]{3}|kr\.?|zł|Kč|Ft|lei|Fr\.?|Rs\.?)`;
const AROUND = new RegExp(
  `^(?<minus>-?)\\s*(?<before>${CURRENCY})?\\s*(?<inner>-?)\\s*(?<digits>\\d[\\d.,' ]*?)(?:[.,]-)?\\s*(?<after>${CURRENCY})?\\s*(?<trailing>-?)$`,
  'u',
);

/** `1.234,50 €`, `(5.00)`, `-$5`, `5.00-`, `CHF 1'234.50`, with any blanks (U+00A0, U+202F), full-width digits and the real minus. */
export function writtenNumber(text: string): WrittenNumber | undefined {
  if (/^\d+(?:[.,]\d+)?$/.test(text)) return { isNegative: false, digits: text, code: undefined };
  const plain = text.normalize('NFKC').replace(/[−–]/g, '-').replaceAll('’', "'").replace(/\s+/g, ' ').trim();
  const enclosed = /^\((.*)\)$/.exec(plain)?.[1];
  const found = AROUND.exec(enclosed ?? plain)?.groups;
  if (found === undefined) return undefined;
  const signs = [enclosed !== undefined, found.minus === '-', found.inner === '-', found.trailing === '-'].filter(Boolean).length;
  if (signs > 1) return undefined;
  const code = [found.before, found.after].find((sign) => sign !== undefined && /^[A-Z]{3}$/.test(sign));
  return { isNegative: signs === 1, digits: (found.digits ?? '').trim(), code };
}

/** Was this cut by a spreadsheet that shows large numbers its own way (`4.50123E+12`)? */
export const isShortened = (text: string): boolean => /^-?\d+([.,]\d+)?E[+-]?\d+$/i.test(text.trim());

/**
 * Digits with their separators as plain digits with a point: `('1.234,50', ',')` → `1234.50`. Groups are of three, or of
 * two before the last (Indian), parted by one kind of sign.
 */
export function plainDigits(digits: string, decimal: Decimal): string | undefined {
  const parts = digits.split(decimal);
  const [whole = '', fraction] = parts;
  if (parts.length > 2 || (fraction !== undefined && !/^\d*$/.test(fraction))) return undefined;
  const isGrouped = /^\d{1,3}([.,' ])(?:\d{2,3}\1)*\d{3}$/.test(whole);
  if (!isGrouped && !/^\d+$/.test(whole)) return undefined;
  return `${whole.replace(/\D/g, '')}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** A whole number ≥ 0 in plain digits; `2.0000` is 2, `1.5` is none. */
export function wholeNumber(text: string): number | undefined {
  if (!/^\d+(?:\.0*)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);
/** true/yes/1 and false/no/0, in any case. */
export const flag = (text: string): boolean | undefined => FLAGS.get(text.toLowerCase());

/** A cell as one line: breaks, tabs and what surrounds them are one blank; no blanks at the ends. */
export const oneLine = (text: string): string =>
  (/[\r\n\t\v\f\u0085\u2028\u2029]/.test(text) ? text.replace(/\s*[\r\n\t\v\f\u0085\u2028\u2029]\s*/g, ' ') : text).trim();
