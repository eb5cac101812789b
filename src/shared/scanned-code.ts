/**
 * What a scanner reads or somebody types, made comparable: the same code comes as typed digits, with a symbology prefix and
 * control signs, as UPC-A or as EAN-13 with a leading zero, alone, with a batch and a date behind it, or inside a QR code's
 * address; the same order's number with `#` before it and without. Pure, and the same in the service and in the pages.
 */
import { articleForm, articleIn, isArticleNumber, otherArticleForms, parcelIn } from './gs1.js';
import { plainSigns } from './plain-signs.js';

/** Code points that are recorded of a code; more than any article, parcel or shelf has. */
const MOST_RECORDED = 100;
/** Recorded where nothing can be read. */
export const UNREADABLE = 'unreadable';

/** `]C1`, `]E0`, `]d2` …: AIM symbology identifier that scanners put before the data (ISO/IEC 15424). */
const SYMBOLOGY = /^\][A-Za-z][0-9]/;
/** How scanners write FNC1 that are told not to send a control sign. */
const WRITTEN_SEPARATOR = /<GS>|\{GS\}|\u241D/g;
/** Framing and line ends, and what no text can hold. */
const NOT_WRITTEN = /[\p{Cc}\p{Cs}]/gu;
const BLANKS = /[\s\u2800]+/gu;
/** Start and stop of a Code 39 symbol, which some scanners send; no Code 39 holds that sign itself (ISO/IEC 16388). */
const CODE_39 = /^\*([^*]+)\*$/;
/** On labels of the US post the receiver's ZIP code stands before the number (USPS Publication 199). */
const AFTER_ZIP = /^420(?:\d{5}|\d{9})(9[1-5]\d{20})$/;
const SEPARATORS = /[\s/?&=;|,\u001D]+/;

/** The data of a symbol: without what the scanner put around it, the separators between its elements kept. */
function contentOf(scanned: string): string {
  const content = scanned.replace(WRITTEN_SEPARATOR, '\u001D').replace(/^[\s\p{Cc}]+|[\s\p{Cc}]+$/gu, '');
  return content.replace(SYMBOLOGY, '').replace(/^\u001D+/, '');
}

/** Most codes: nothing in them can be written otherwise, but for the case of letters. */
const SIMPLE = /^[0-9A-Za-z._-]+$/;
/** A book's number as it is printed, `978-3-16-148410-0`. */
const WITH_HYPHENS = /^97[89]-[\d-]{10,}$/;

/** Plain signs, capital letters, no blanks, and without the `#` that people write before an order's number, or leave out. */
function typedForm(text: string): string {
  const key = plainSigns(plainSigns(text).toUpperCase()).replace(BLANKS, '');
  return key.replace(/^#+/, '') || key.slice(0, 1);
}

/**
 * The one form in which codes, ids and numbers are stored to be found, and looked up: whatever was scanned or typed; empty
 * when nothing can be read. Applied twice it is the same.
 */
export function codeKey(code: string): string {
  const key = SIMPLE.test(code) ? code.toUpperCase() : typedForm(contentOf(code).replace(NOT_WRITTEN, ''));
  return articleForm(WITH_HYPHENS.test(key) && isArticleNumber(key.replaceAll('-', '')) ? key.replaceAll('-', '') : key);
}

/** Every form in which what was scanned may be stored, the most literal first: a SKU that looks like a longer content is a SKU. */
export function readingsOf(scanned: string): readonly string[] {
  const literal = codeKey(scanned);
  const content = contentOf(scanned);
  const readings = [literal, CODE_39.exec(literal)?.[1], articleIn(content), parcelIn(content), AFTER_ZIP.exec(literal)?.[1]].filter(
    (reading) => reading !== undefined && reading !== '',
  );
  return [...new Set(readings.flatMap((reading = '') => [reading, ...otherArticleForms(reading)]))];
}

/** Of `values`, those that one of their codes makes fit, with that code; where a more literal reading fits some, only these. */
export function fitting<Value>(
  scanned: string,
  values: readonly Value[],
  codesOf: (value: Value) => readonly (string | null)[],
): readonly { readonly value: Value; readonly code: string }[] {
  const known = values.flatMap((value) => codesOf(value).flatMap((code) => (code === null || code.trim() === '' ? [] : [{ value, code }])));
  // An article's number is one however the shop has written it; of other codes capitals may tell two apart.
  const exact = isArticleNumber(scanned.trim()) ? [] : known.filter(({ code }) => code === scanned.trim());
  if (exact.length > 0) return firstPerValue(exact);
  const keyed = known.map(({ value, code }) => ({ value, code, key: codeKey(code) }));
  return firstPerValue(
    readingsOf(scanned)
      .map((reading) => keyed.filter(({ key }) => key === reading))
      .find((some) => some.length > 0) ?? [],
  );
}

const firstPerValue = <Value>(
  found: readonly { readonly value: Value; readonly code: string }[],
): readonly { readonly value: Value; readonly code: string }[] =>
  found.filter(({ value }, index) => found.findIndex((each) => each.value === value) === index).map(({ value, code }) => ({ value, code }));

/** Is it the same code? `code` as it is stored. */
export const isSameCode = (scanned: string, code: string): boolean => fitting(scanned, [code], (each) => [each]).length > 0;

/** The code as a person or a label printed it, to be shown and recorded: without what the scanner added, of an article its number. Never empty. */
export function printedCode(scanned: string): string {
  const content = contentOf(scanned);
  const written = articleIn(content) ?? (content.replace(NOT_WRITTEN, '').trim() || scanned.replace(NOT_WRITTEN, '').trim() || UNREADABLE);
  return [...written].slice(0, MOST_RECORDED).join('');
}

/** The printed code of an optional scan; null where there was none. */
export const printedOrNull = (scanned: string | null | undefined): string | null =>
  scanned === undefined || scanned === null || scanned === '' ? null : printedCode(scanned);

/** Is it an article's number, alone or among other things? Then it is an item and no parcel. */
export const isArticle = (scanned: string): boolean => articleIn(contentOf(scanned)) !== undefined || isArticleNumber(codeKey(scanned));

/** The words of a longer content, such as a QR code with an address; empty when the code is one word. */
export function partsOfCode(scanned: string): readonly string[] {
  const parts = contentOf(scanned)
    .split(SEPARATORS)
    .filter((part) => part.length >= 4);
  return parts.length > 1 ? parts.slice(0, 20) : [];
}
