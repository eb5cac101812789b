/** Amounts for people. */

/** How many decimals a currency is written with. */
export const digitsOf = (currency: string): number => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** `490, 2` → `4.90`; made from the digits, so no amount passes through a floating-point division. */
export function decimalOf(value: number, digits: number): string {
  const text = String(Math.abs(value)).padStart(digits + 1, '0');
  return `${value < 0 ? '-' : ''}${digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`}`;
}

/**
 * `1299, 'EUR'` → `€12.99` or `12,99 €`.
 * @param language BCP 47; the page's language unless given
 */
export const money = (minor: number, currency: string, language: string = document.documentElement.lang): string =>
  new Intl.NumberFormat(language, { style: 'currency', currency }).format(decimalOf(minor, digitsOf(currency)) as `${number}`);
