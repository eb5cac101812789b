/**
 * How amounts in minor units are written as decimals. ISO 4217:2015 says how many decimal places the minor unit of a
 * currency has. `Intl.NumberFormat` answers from CLDR instead, which says how amounts are usually shown (0 for HUF or IDR,
 * say) and not how they are booked. Pure; the pages use it too.
 */

type ByDigits = Readonly<Record<number, string>>;

/** List one as published by the maintenance agency (SIX) on 2026-01-01, up to amendment 180: `XCG`, `XAD`, `ZWG` are in, `BGN` is out. What has no minor unit (gold, test codes, …) is left out. */
const CURRENT: ByDigits = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
    COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
    JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK
    NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
    TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/**
 * List three, what was withdrawn since the last years of the 1990s: old orders are in them. List three does not tell minor
 * units; these are those of list one while the currency was on it.
 */
const WITHDRAWN: ByDigits = {
  0: 'ADP BEF BYB BYR ESP GRD ITL LUF MGF PTE TPE TRL',
  2: `AFA ANG ATS AYM AZM BGL BGN CSD CUC CYP DEM EEK FIM FRF GHC GWP HRK IEP LTL LVL MRO MTL MZM NLG ROL RUR SDD SIT SKK SLL SRG STD
    TMM USS VEB VEF YUM ZMK ZWD ZWL ZWN ZWR`,
};

const digitsIn = (table: ByDigits): [currency: string, digits: number][] =>
  Object.entries(table).flatMap(([digits, codes]) => codes.split(/\s+/).map((code): [string, number] => [code, Number(digits)]));
const DIGITS: ReadonlyMap<string, number> = new Map([...digitsIn(CURRENT), ...digitsIn(WITHDRAWN)]);

/** Those in use, by their codes. */
export const CURRENCIES: readonly string[] = digitsIn(CURRENT)
  .map(([code]) => code)
  .sort();

/** Decimal places of the currency's minor unit: 0 for JPY, 2 for EUR, 3 for KWD; undefined for what never was a currency with a minor unit. */
export const digitsOf = (currency: string): number | undefined => DIGITS.get(currency);

/** `1299` with 2 digits → `12.99`: made of the digits, so that no amount passes through a floating-point division. */
export function decimalOf(amountMinor: number, digits: number): `${number}` {
  const all = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const [whole, part] = [all.slice(0, all.length - digits), all.slice(all.length - digits)];
  return `${amountMinor < 0 ? '-' : ''}${whole}${digits === 0 ? '' : '.'}${part}` as `${number}`;
}

/**
 * A decimal amount in minor units, half rounded up: `('12.345678', 2)` → 1235 (12.35). Plain digits with an optional
 * point only: no sign, no thousands separators, no exponent, so that nothing is misread by a factor of a thousand.
 * @param exponent the currency's number of decimals (ISO 4217)
 */
export function minorFromDecimal(text: string, exponent: number): number | undefined {
  const match = /^(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) return undefined;
  const decimals = (match[2] ?? '').padEnd(exponent + 1, '0');
  const whole = BigInt(`${match[1]}${decimals.slice(0, exponent)}`);
  const minor = Number(decimals.charAt(exponent) >= '5' ? whole + 1n : whole);
  return Number.isSafeInteger(minor) ? minor : undefined;
}

const formats = new Map<string, Intl.NumberFormat>();

/**
 * The amount as the language writes it, with all its decimal places: `€12.99`, in German `12,99 €`. For people, never read back.
 * @param language BCP 47
 */
export function writtenAmount(amountMinor: number, currency: string, digits: number, language: string): string {
  const key = `${language} ${currency}`;
  // Formats are kept: making one costs more than using it.
  const format =
    formats.get(key) ??
    new Intl.NumberFormat(language, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
  formats.set(key, format);
  return format.format(decimalOf(amountMinor, digits));
}
