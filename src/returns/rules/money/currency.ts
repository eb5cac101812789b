/** Currencies as the service takes them, and their amounts in words. */
import { DomainError } from '../../../eventing/decider.js';
import type { Language } from '../../../shared/language.js';
import { digitsOf, writtenAmount } from './decimals.js';

/**
 * Decimal places of the currency's minor unit (ISO 4217).
 * @throws DomainError validation_failed no such currency
 */
export function minorDigits(currency: string): number {
  const digits = digitsOf(currency);
  if (digits === undefined) throw new DomainError('validation_failed', `${currency} is not an ISO 4217 currency code with a minor unit.`);
  return digits;
}

/** The amount in words of the currency, `€12.99`, in German `12,99 €`; for people, never for arithmetic. */
export const inWords = (amountMinor: number, currency: string, language: Language = 'en'): string =>
  writtenAmount(amountMinor, currency, minorDigits(currency), language);
