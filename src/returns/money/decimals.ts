/**
 * How amounts in minor units are written as decimals. ISO 4217:2015 (list one as maintained by SIX, amendment 177 of 2024)
 * says how many decimal places the minor unit of a currency has. `Intl.NumberFormat` answers from CLDR instead, which says
 * how amounts are usually shown (0 for HUF or IDR, say) and not how they are booked. Pure; the pages use it too.
 */

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

/** All of them, by their codes. */
export const CURRENCIES: readonly string[] = [...DIGITS.keys()].sort();

/** Decimal places of the currency's minor unit: 0 for JPY, 2 for EUR, 3 for KWD; undefined for what is no currency. */
export const digitsOf = (currency: string): number | undefined => DIGITS.get(currency);

/** `1299` with 2 digits → `12.99`: made of the digits, so that no amount passes through a floating-point division. */
export function decimalOf(amountMinor: number, digits: number): `${number}` {
  const all = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const [whole, part] = [all.slice(0, all.length - digits), all.slice(all.length - digits)];
  return `${amountMinor < 0 ? '-' : ''}${whole}${digits === 0 ? '' : '.'}${part}` as `${number}`;
}

const formats = new Map<string, Intl.NumberFormat>();

/**
 * The amount as the language writes it, with all its decimal places: `€12.99`, in German `12,99 €`. For people, never read back.
 * @param language BCP 47
 */
export function writtenAmount(amountMinor: number, currency: string, digits: number, language: string): string {
  const key = `${language} ${currency}`;
  // Formats are kept: making one costs more than using it.
  const format = formats.get(key) ?? new Intl.NumberFormat(language, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
  formats.set(key, format);
  return format.format(decimalOf(amountMinor, digits));
}
