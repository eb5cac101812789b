/**
 * What a scanner reads, made comparable: the same code comes as typed digits, with a symbology prefix, as UPC-A or as
 * EAN-13 with a leading zero, alone, with a batch and a date behind it, or inside a QR code's address.
 */

/** `]C1`, `]E0`, `]d2` …: AIM symbology identifier that scanners put before the data (ISO/IEC 15424). */
const SYMBOLOGY = /^\][A-Za-z][0-9]/;
/** An article's number as EAN-13 or GTIN-14 is its UPC-A or EAN-13 with leading zeros (GS1 General Specifications, 2.1). */
const FILLING = /^(?:00(?=\d{12}$)|0(?=\d{12,13}$))/;
const SEPARATORS = /[\s/?&=;|,]+/;
/**
 * Contents that tell an article's number among other things: after the prefix of a GS1 symbology, in brackets as printed
 * below a code (GS1 General Specifications, application identifier 01), or as an address (GS1 Digital Link).
 */
const WITH_ARTICLE = [/^\](?:C1|e0|d2|Q3|J1)01(\d{14})/, /^(?:\][A-Za-z][0-9])?\(01\)(\d{14})(?=\(|$)/, /^https?:\/\/[^?#]*\/01\/(\d{8}|\d{12,14})(?=[/?#]|$)/i];

/** The form in which codes are stored and looked up. */
export function normaliseCode(scanned: string): string {
  const code = printedCode(scanned).replaceAll(/\s+/g, '').toUpperCase();
  return code.replace(FILLING, '');
}

/** The code as a person or a label printed it: without what the scanner added, of an article its number. Never empty unless `scanned` is. */
export function printedCode(scanned: string): string {
  const code = scanned.trim();
  const article = WITH_ARTICLE.map((content) => content.exec(code)?.[1]).find((digits) => digits !== undefined && isArticleNumber(digits));
  return article ?? (code.replace(SYMBOLOGY, '') || scanned);
}

/** Are these the digits of an article's number (GTIN), with the check digit right? */
export function isArticleNumber(digits: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(digits)) return false;
  const sum = [...digits.padStart(14, '0')].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}

/** The words of a longer content, such as a QR code with an address; empty when the code is one word. */
export function partsOfCode(scanned: string): readonly string[] {
  const parts = printedCode(scanned).split(SEPARATORS).filter((part) => part.length >= 4);
  return parts.length > 1 ? parts.slice(0, 20) : [];
}
