/** Currencies as the service takes them. */
import { DomainError } from '../../../eventing/decider.js';
import { digitsOf } from './decimals.js';

/**
 * Decimal places of the currency's minor unit (ISO 4217).
 * @throws DomainError validation_failed no such currency
 */
export function minorDigits(currency: string): number {
  const digits = digitsOf(currency);
  if (digits === undefined) throw new DomainError('validation_failed', `${currency} is not an ISO 4217 currency code with a minor unit.`);
  return digits;
}
