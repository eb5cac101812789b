/** The cells of one row as values. Pure. */
import { minorFromDecimal } from '../../returns/rules/money/decimals.js';
import { readInstant } from '../../shared/instants.js';
import { isNumberField, type ImportField, type ImportMapping, type NumberField } from './fields.js';
import { flag, isShortened, oneLine, plainDigits, wholeNumber, writtenNumber } from './values.js';

/** One row of the file: cells by column name. `number` counts from 1, without the header. `fault`: why it cannot be read. */
export type ImportRow = { readonly number: number; readonly cells: Readonly<Record<string, string>>; readonly fault?: string };

/** A number in plain digits with a point, and its sign. */
type PlainNumber = { readonly isNegative: boolean; readonly plain: string };

/** Fields that spreadsheets keep as text by an apostrophe in front. */
const LIKE_NUMBERS: readonly ImportField[] = [
  'order_id',
  'number',
  'line_id',
  'sku',
  'barcode',
  'customer_phone',
  'postal_code',
  'payment_reference',
];

/** What the cell of the field holds, as one line; '' where the column is not there. */
export function cellOf({ cells }: Pick<ImportRow, 'cells'>, mapping: ImportMapping, field: ImportField): string {
  for (const column of mapping.columns[field] ?? []) {
    const text = Object.hasOwn(cells, column) ? oneLine(cells[column] ?? '') : '';
    // An apostrophe in front is how a spreadsheet is told that this is text, no formula.
    if (text !== '')
      return !text.startsWith("'") ? text : text.replace(LIKE_NUMBERS.includes(field) ? /^'(?=[\d=+\-@])/ : /^'(?=[=+\-@])/, '');
  }
  return '';
}

export type Reading = {
  readonly mapping: ImportMapping;
  /** ISO 4217, and its number of decimals. */
  readonly currency: string;
  readonly exponent: number;
  /** IANA name; where times without an offset are meant. */
  readonly timeZone: string;
  /** What cannot be read is told here and counts as not there. */
  readonly errors: Set<string>;
};

export class Cells {
  constructor(
    readonly row: ImportRow,
    private readonly reading: Reading,
  ) {}

  own(field: ImportField): string {
    return cellOf(this.row, this.reading.mapping, field);
  }

  optional(field: ImportField): string | null {
    const own = this.own(field);
    if (own !== '') return own;
    const fallback = this.reading.mapping.defaults[field];
    return fallback?.includes('{order_id}') === true ? fallback.replaceAll('{order_id}', this.own('order_id')) : (fallback ?? null);
  }

  text(field: ImportField): string {
    return this.optional(field) ?? this.missing(field);
  }

  /** Tells that the field is needed; one that is there but cannot be read was told already. */
  missing(field: ImportField): string {
    if (this.optional(field) === null) this.tell(`${field} is missing`);
    return '';
  }

  tell(what: string): void {
    this.reading.errors.add(`row ${this.row.number}: ${what}`);
  }

  /** Minor units, 0 or more. */
  money(field: NumberField): number | null {
    const number = this.#number(field, 'an amount');
    if (number === null) return null;
    const minor = this.#minor(field, number.plain);
    if (minor !== null && minor > 0 && number.isNegative) return this.#refuse(field, 'an amount of 0 or more');
    return minor;
  }

  /** Minor units, below 0 for what is taken off. */
  signedMoney(field: NumberField): number | null {
    const number = this.#number(field, 'an amount');
    const minor = number && this.#minor(field, number.plain);
    return number?.isNegative === true && minor !== null ? 0 - minor : minor;
  }

  /** `unit price × quantity`, rounded once, below 0 where one of the two is. */
  product(field: NumberField, quantity: number): number | null {
    const number = this.#number(field, 'an amount');
    if (number === null) return null;
    const [whole = '', fraction = ''] = number.plain.split('.');
    const digits = (BigInt(`${whole}${fraction}`) * BigInt(Math.abs(quantity))).toString().padStart(fraction.length + 1, '0');
    const minor = this.#minor(
      field,
      `${digits.slice(0, digits.length - fraction.length)}.${digits.slice(digits.length - fraction.length)}`,
    );
    return minor !== null && number.isNegative !== quantity < 0 ? 0 - minor : minor;
  }

  whole(field: NumberField): number | null {
    const value = this.signedWhole(field);
    return value !== null && value < 0 ? this.#refuse(field, 'a whole number') : value;
  }

  signedWhole(field: NumberField): number | null {
    const number = this.#number(field, 'a whole number');
    if (number === null) return null;
    const value = wholeNumber(number.plain);
    if (value === undefined) return this.#refuse(field, 'a whole number');
    return number.isNegative ? 0 - value : value;
  }

  date(field: ImportField): string | null {
    const { mapping, timeZone } = this.reading;
    return this.#read(field, (text) => readInstant(text, timeZone, mapping.dateFormat), `a date (${mapping.dateFormat})`);
  }

  flag(field: ImportField): boolean | null {
    return this.#read(field, flag, 'yes or no');
  }

  #number(field: NumberField, what: string): PlainNumber | null {
    return this.#read(
      field,
      (text) => {
        const written = writtenNumber(text);
        const plain = written && plainDigits(written.digits, this.reading.mapping.decimal[field] ?? '.');
        if (written === undefined || plain === undefined) return undefined;
        if (written.code !== undefined && written.code !== this.reading.currency) return undefined;
        return { isNegative: written.isNegative, plain };
      },
      what,
    );
  }

  #minor(field: NumberField, plain: string): number | null {
    return minorFromDecimal(plain, this.reading.exponent) ?? this.#refuse(field, 'an amount');
  }

  #read<T>(field: ImportField, parse: (text: string) => T | undefined, what: string): T | null {
    const text = this.optional(field);
    if (text === null) return null;
    return parse(text) ?? this.#refuse(field, what);
  }

  #refuse(field: ImportField, what: string): null {
    const text = this.optional(field) ?? '';
    const why =
      isNumberField(field) && isShortened(text)
        ? 'was shortened by a spreadsheet; show the column as a number in full and save it again'
        : `is not ${what}`;
    this.tell(`${field} "${text.slice(0, 40)}" ${why}`);
    return null;
  }
}
