/**
 * What GS1 puts into codes: an article's number (GTIN) in its lengths, and element strings that tell it among a batch, a
 * date and more. By the GS1 General Specifications: GTINs in data carriers, check digit calculation, element strings of
 * pre-defined length. Pure, and the same in the service and in the pages.
 */

/** FNC1 as it is transmitted between elements of variable length. */
const SEPARATOR = '\u001D';
const LENGTHS = [8, 12, 13, 14] as const;

/** The check digit behind `digits` (GS1 General Specifications, section 7.9): weights 3 and 1 from the right, modulo 10. */
export function checkDigitOf(digits: string): number {
  const sum = [...digits].toReversed().reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10;
}

const hasCheckDigit = (digits: string): boolean => checkDigitOf(digits.slice(0, -1)) === Number(digits.at(-1));

/** Are these the digits of an article's number (GTIN-8, -12, -13 or -14), with the check digit right? */
export const isArticleNumber = (digits: string): boolean =>
  /^(\d{8}|\d{12,14})$/.test(digits) && /[1-9]/.test(digits) && hasCheckDigit(digits);

/**
 * One form of an article's number however many zeros were written before it: the shortest of its lengths. An EAN-8 in a
 * field of fourteen digits is `00000012345670`, a UPC-A is an EAN-13 with a zero. Anything else stays as it is, its zeros too.
 */
export function articleForm(code: string): string {
  if (!isArticleNumber(code)) return code;
  const digits = code.replace(/^0+/, '');
  return digits.padStart(LENGTHS.find((length) => length >= digits.length) ?? 14, '0');
}

/** Characters of an element's data by the first two digits of its identifier, where that is pre-defined; the identifier's other digits count as data. */
const PREDEFINED: Readonly<Record<string, number>> = {
  '00': 18,
  '01': 14,
  '02': 14,
  '03': 14,
  '04': 16,
  '11': 6,
  '12': 6,
  '13': 6,
  '14': 6,
  '15': 6,
  '16': 6,
  '17': 6,
  '18': 6,
  '19': 6,
  '20': 2,
  '31': 8,
  '32': 8,
  '33': 8,
  '34': 8,
  '35': 8,
  '36': 8,
  '41': 13,
};
/** Identifiers whose element ends at a separator or with the content. */
const VARIABLE = /^(?:10|2[1-5]|30|37|39|4[023]|7[0-2]|8[0-2]|9\d)./s;

/** The elements of pre-defined length in a GS1 element string, by identifier; undefined: it is none. */
function elementsIn(content: string): ReadonlyMap<string, string> | undefined {
  const elements = new Map<string, string>();
  for (let rest = content; rest !== '';) {
    const length = PREDEFINED[rest.slice(0, 2)];
    if (rest.startsWith(SEPARATOR)) rest = rest.slice(1);
    else if (length !== undefined) {
      const data = rest.slice(2, 2 + length);
      if (data.length < length || !/^\d+$/.test(data)) return undefined;
      elements.set(rest.slice(0, 2), data);
      rest = rest.slice(2 + length);
    } else if (VARIABLE.test(rest)) rest = rest.includes(SEPARATOR) ? rest.slice(rest.indexOf(SEPARATOR)) : '';
    else return undefined;
  }
  return elements;
}

/** Elements as they are printed below a code, `(01)04006381333931(10)AB12`, and as an address (GS1 Digital Link). */
const PRINTED = /\((0[01])\)(\d{14,18})(?=\(|$)/;
const IN_ADDRESS = /^https?:\/\/[^?#]*\/01\/(\d{8}|\d{12,14})(?=[/?#]|$)/i;

function dataOf(identifier: '00' | '01', content: string): string | undefined {
  const printed = content.startsWith('(') ? PRINTED.exec(content) : null;
  const data = printed?.[1] === identifier ? printed[2] : elementsIn(content)?.get(identifier);
  return data?.length === PREDEFINED[identifier] && data !== undefined && hasCheckDigit(data) ? data : undefined;
}

/**
 * The article's number in a content that tells more, in its shortest form; undefined where there is none or its check
 * digit is wrong. Without a symbology prefix nothing says that a content is an element string, so what it says literally
 * is looked for first.
 */
export function articleIn(content: string): string | undefined {
  const digits = dataOf('01', content) ?? IN_ADDRESS.exec(content)?.[1];
  return digits !== undefined && isArticleNumber(digits) ? articleForm(digits) : undefined;
}

/** The number of a logistic unit (SSCC, identifier 00), 18 digits: many carriers' tracking number. */
export const parcelIn = (content: string): string | undefined => dataOf('00', content);

/** Where a UPC-E's last digit has the zeros that were left out of its UPC-A (GS1 General Specifications, UPC-E barcode). */
function expanded(digits: string): string {
  const [system = '', a = '', b = '', c = '', d = '', e = '', last = '', check = ''] = digits;
  if (last <= '2') return `${system}${a}${b}${last}0000${c}${d}${e}${check}`;
  if (last === '3') return `${system}${a}${b}${c}00000${d}${e}${check}`;
  if (last === '4') return `${system}${a}${b}${c}${d}00000${e}${check}`;
  return `${system}${a}${b}${c}${d}${e}0000${last}${check}`;
}

/**
 * Other numbers that an article's may be written as: a UPC-E for its UPC-A, and a UPC-A without the zero that scanners can
 * leave out and spreadsheets do. Only where the check digit is right with it.
 */
export function otherArticleForms(code: string): readonly string[] {
  if (/^[01]\d{7}$/.test(code)) return [expanded(code)].filter(isArticleNumber).map(articleForm);
  if (/^[1-9]\d{10}$/.test(code)) return [`0${code}`].filter(isArticleNumber).map(articleForm);
  const form = articleForm(code);
  return isArticleNumber(form) && /^0[1-9]\d{10}$/.test(form) ? [form.slice(1)] : [];
}
