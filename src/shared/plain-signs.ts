/**
 * What people type and scanners send, made comparable with what is printed: mail programs and word processors turn `-` into
 * other dashes and add signs nobody sees, phones and Japanese or Arabic keyboards write digits of their own. Pure, and
 * the same in the service and in the pages.
 */

/** Dashes (Unicode category Pd), and what looks and is used like one: minus, hyphen bullet, modifier minus. */
const DASHES = /[\p{Pd}\u2212\u2043\u02D7]/gu;
/** Japanese keyboards write the mark of a long vowel where `-` was meant: between Latin letters and digits it is never a vowel. */
const LONG_VOWEL_MARKS = /(?<=[A-Za-z0-9])\u30FC|\u30FC(?=[A-Za-z0-9])/gu;
/** Takes no room or writes nothing: zero-width, joiners, writing direction, soft hyphen, variation selectors, fillers. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const DIGIT = /\p{Nd}/u;
const FOREIGN_DIGITS = /(?![0-9])\p{Nd}/gu;

/** Digits of every script stand in runs from zero to nine (Unicode Standard, 4.6), so the place in its run is a digit's value. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

/**
 * The text in plain signs: `Ａ‑１００１` is `A-1001`. Compatible forms are one (NFKC), every dash is `-`, every digit is ASCII,
 * what nobody sees is gone, and so are blanks around. Letters keep their case, blanks inside and control characters stay
 * (scanners separate fields by U+001D).
 */
export function plainSigns(text: string): string {
  const plain = text.normalize('NFKC').replace(UNSEEN, '').replace(DASHES, '-').replace(FOREIGN_DIGITS, asciiDigit);
  return plain.replace(LONG_VOWEL_MARKS, '-').trim();
}

/** How a text from elsewhere begins, to be kept and shown: at most `most` whole characters, none that controls a screen. */
export const beginningOf = (text: string, most: number): string =>
  [...text.slice(0, 2 * most)]
    .slice(0, most)
    .join('')
    .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .trim();
