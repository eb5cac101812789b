/**
 * ISO 4217:2015 (list one as maintained by SIX, amendment 177 of 2024): how many decimal places the minor unit of a
 * currency has. `Intl.NumberFormat` answers from CLDR instead, which says how amounts are usually shown (0 for HUF or
 * IDR, say) and not how they are booked.
 */
import { DomainError } from '../../eventing/decider.js';
import { LOCALES, type Language } from '../../shared/language.js';

const BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
    COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
    JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK
    NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
    TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW ZWG ZWL`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(BY_DIGITS).flatMap(([digits, codes]) => codes.split(/\s+/).map((code): [string, number] => [code, Number(digits)])),
);

/**
 * Decimal places of the currency's minor unit: 0 for JPY, 2 for EUR, 3 for KWD.
 * @throws DomainError validation_failed no such currency
 */
export function minorDigits(currency: string): number {
  const digits = DIGITS.get(currency);
  if (digits === undefined) throw new DomainError('validation_failed', `${currency} is not an ISO 4217 currency code with a minor unit.`);
  return digits;
}

/** The amount in words of the currency, `12.99 EUR`, in German `12,99 €`; for people, never for arithmetic. */
export function inWords(amountMinor: number, currency: string, language: Language = 'en'): string {
  const digits = minorDigits(currency);
  if (language !== 'en') {
    const format = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
    return new Intl.NumberFormat(LOCALES[language], format).format(amountMinor / 10 ** digits);
  }
  const sign = amountMinor < 0 ? '-' : '';
  const all = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const whole = all.slice(0, all.length - digits);
  return digits === 0 ? `${sign}${whole} ${currency}` : `${sign}${whole}.${all.slice(-digits)} ${currency}`;
}
