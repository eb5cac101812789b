/** Amounts for people. Nothing here is ever read back. */

const digitsOf = (currency: string): number => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/**
 * `1299, 'EUR'` → `€12.99` or `12,99 €`. The decimal text is made from the digits, so no amount passes through a
 * floating-point division.
 * @param language BCP 47; the page's language unless given
 */
export function money(minor: number, currency: string, language: string = document.documentElement.lang): string {
  const digits = digitsOf(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return new Intl.NumberFormat(language, { style: 'currency', currency }).format(`${minor < 0 ? '-' : ''}${decimal}` as `${number}`);
}
