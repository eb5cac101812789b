/**
 * What a scanner reads, made comparable: the same code comes as typed digits, with a symbology prefix, as UPC-A or as
 * EAN-13 with a leading zero, alone or inside a QR code's address.
 */

/** `]C1`, `]E0`, `]d2` …: AIM symbology identifier that scanners put before the data (ISO/IEC 15424). */
const SYMBOLOGY = /^\][A-Za-z][0-9]/;
/** An article's number as EAN-13 or GTIN-14 is its UPC-A or EAN-13 with leading zeros (GS1 General Specifications, 2.1). */
const FILLING = /^(?:00(?=\d{12}$)|0(?=\d{12,13}$))/;
const SEPARATORS = /[\s/?&=;|,]+/;

/** The form in which codes are stored and looked up. */
export function normaliseCode(scanned: string): string {
  const code = scanned.trim().replace(SYMBOLOGY, '').replaceAll(/\s+/g, '').toUpperCase();
  return code.replace(FILLING, '');
}

/** The code as a person or a label printed it: without what the scanner added. Never empty unless `scanned` is. */
export const printedCode = (scanned: string): string => scanned.trim().replace(SYMBOLOGY, '') || scanned;

/** The words of a longer content, such as a QR code with an address; empty when the code is one word. */
export function partsOfCode(scanned: string): readonly string[] {
  const parts = printedCode(scanned).split(SEPARATORS).filter((part) => part.length >= 4);
  return parts.length > 1 ? parts.slice(0, 20) : [];
}
