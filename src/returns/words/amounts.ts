/** Amounts as people read them. Pure. */
import type { Language } from '../../shared/language.js';
import { minorDigits } from '../rules/money/currency.js';
import { writtenAmount } from '../rules/money/decimals.js';

/** The amount in words of the currency, `€12.99`, in German `12,99 €`; for people, never for arithmetic. */
export const inWords = (amountMinor: number, currency: string, language: Language = 'en'): string =>
  writtenAmount(amountMinor, currency, minorDigits(currency), language);
