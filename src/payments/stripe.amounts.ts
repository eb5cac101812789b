/**
 * Amounts as Stripe counts them, which is not always ISO 4217's minor unit. Pure.
 * https://docs.stripe.com/currencies (zero-decimal, three-decimal currencies, special cases)
 */
import { digitsOf } from '../returns/rules/money/decimals.js';

/** Counted in whole units, though ISO 4217 has fifths of an ariary. */
const WHOLE: ReadonlySet<string> = new Set(['MGA']);
/** Without a minor unit, and counted in hundredths all the same; only whole units can be paid. */
const IN_HUNDREDTHS: ReadonlySet<string> = new Set(['ISK', 'UGX']);
const HUNDREDTHS = 100;
/** Of three decimals the last must be 0. */
const LAST_OF_THREE = 10;

/** @param amountMinor in the currency's minor unit. @returns undefined: Stripe cannot pay just that */
export function stripeAmount(amountMinor: number, currency: string): number | undefined {
  if (IN_HUNDREDTHS.has(currency)) return amountMinor * HUNDREDTHS;
  if (WHOLE.has(currency)) return amountMinor % HUNDREDTHS === 0 ? amountMinor / HUNDREDTHS : undefined;
  return digitsOf(currency) === 3 && amountMinor % LAST_OF_THREE !== 0 ? undefined : amountMinor;
}
