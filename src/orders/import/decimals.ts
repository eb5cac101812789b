/**
 * Is `1,234` one and a bit, or more than a thousand? Decided once for a whole column by the cells that can only be read one
 * way, never cell by cell, and never guessed. Pure.
 */
import { writtenNumber, type Decimal } from './values.js';

/** Which sign is the decimal one in these digits, by themselves; `either`: could be both; undefined: there is none. */
export function decimalIn(digits: string): Decimal | 'either' | undefined {
  const last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  if (last === -1) return undefined;
  const sign: Decimal = digits[last] === ',' ? ',' : '.';
  const other: Decimal = sign === ',' ? '.' : ',';
  const isRepeated = digits.indexOf(sign) !== last;
  if (isRepeated) return other;
  // Groups are parted by something else already.
  if (/[.,' ]/.test(digits.slice(0, last))) return sign;
  const whole = digits.slice(0, last);
  const isGroup = digits.length - last - 1 === 3 && /^[1-9]\d{0,2}$/.test(whole);
  return isGroup ? 'either' : sign;
}

type Seen = { readonly row: number; readonly text: string };
/** What one column has shown so far: the first cell of each kind. */
type Evidence = { [kind in Decimal | 'either']?: Seen };

type DecimalsRead<Field extends string> = {
  readonly decimals: ReadonlyMap<Field, Decimal>;
  /** Sentences to be told with the results: columns where another reading would have been possible. */
  readonly notes: readonly string[];
};

/** Gathers what the columns of a file show while its rows go by. */
export class ColumnDecimals<Field extends string> {
  readonly #evidence = new Map<Field, Evidence>();

  /** @param columns fields with numbers, and the column each is read from */
  constructor(private readonly columns: ReadonlyMap<Field, string>) {
    for (const field of columns.keys()) this.#evidence.set(field, {});
  }

  see(field: Field, row: number, text: string): void {
    const digits = writtenNumber(text)?.digits;
    const kind = digits === undefined ? undefined : decimalIn(digits);
    const evidence = this.#evidence.get(field);
    if (kind !== undefined && evidence !== undefined) evidence[kind] ??= { row, text };
  }

  /** @returns what to say instead where a column cannot be decided */
  decide(): DecimalsRead<Field> | { readonly errors: readonly string[] } {
    const errors: string[] = [];
    const notes: string[] = [];
    const decimals = new Map<Field, Decimal>();
    for (const [field, { ',': comma, '.': point, either }] of this.#evidence) {
      const name = `The column "${this.columns.get(field) ?? field}"`;
      const say = `Say "decimal": {"${field}": ","} or "." in the mapping.`;
      if (comma !== undefined && point !== undefined)
        errors.push(
          `${name} has decimal commas ("${comma.text}", row ${comma.row}) and decimal points ("${point.text}", row ${point.row}). ${say}`,
        );
      else if (comma === undefined && point === undefined && either !== undefined)
        errors.push(
          `${name} can be read in two ways: "${either.text}" (row ${either.row}) is a thousand times more in one of them. ${say}`,
        );
      decimals.set(field, comma === undefined ? '.' : ',');
      if (comma !== undefined) notes.push(`${name} is read with decimal commas, as in row ${comma.row}.`);
      else if (either !== undefined && point !== undefined) notes.push(`${name} is read with decimal points, as in row ${point.row}.`);
    }
    return errors.length > 0 ? { errors } : { decimals, notes };
  }
}
