/** Scanned codes in the form in which the service compares them, so that both find the same without the line. Pure. */

/** `]C1`, `]E0`, `]d2` …: what scanners may put before the data (ISO/IEC 15424). */
const SYMBOLOGY = /^\][A-Za-z][0-9]/;
const SEPARATORS = /[\s/?&=;|,]+/;
/** No id is shorter; shorter words of an address would lead anywhere. */
const SHORTEST_PART = 4;

const withoutSymbology = (scanned: string): string => scanned.trim().replace(SYMBOLOGY, '');

/** Two codes are the same when this is. EAN-13 and GTIN-14 may be UPC-A with leading zeros. */
export function normaliseCode(scanned: string): string {
  const code = withoutSymbology(scanned).replaceAll(/\s+/g, '').toUpperCase();
  return /^0{1,2}\d{12}$/.test(code) ? code.slice(-12) : code;
}

/** The words of a longer content, such as a QR code with an address; empty when the code is one word. */
export function partsOfCode(scanned: string): readonly string[] {
  const parts = withoutSymbology(scanned).split(SEPARATORS).filter((part) => part.length >= SHORTEST_PART);
  return parts.length > 1 ? parts : [];
}
