/** Amounts for people. */
import { digitsOf, writtenAmount } from '../../../../src/returns/rules/money/decimals';

export { CURRENCIES, decimalOf, digitsOf } from '../../../../src/returns/rules/money/decimals';

/**
 * `1299, 'EUR'` → `€12.99` or `12,99 €`.
 * @param language BCP 47; the page's language unless given
 */
export const money = (minor: number, currency: string, language: string = document.documentElement.lang): string =>
  writtenAmount(minor, currency, digitsOf(currency) ?? 0, language);
