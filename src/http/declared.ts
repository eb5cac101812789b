/** What the class of an answer declares, for whoever fills it in: its fields are named once, where they are documented. */
import { kept } from '../shared/kept.js';
import { fieldsOf } from './reading.js';

type Camel<Name extends string> = Name extends `${infer First}_${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Name;
type CamelCased<Row> = { readonly [Name in keyof Row & string as Camel<Name>]: Row[Name] };

/** Listed once: every row and every answer to a scan is filled in by them. */
const namesOf = kept((of: new () => object): readonly string[] => [...fieldsOf(of.prototype as object).keys()]);

/** The names of the fields, in their order; the columns of a list as CSV. */
export const fieldNames = <Body extends object>(of: new () => Body): readonly (keyof Body & string)[] =>
  // Every field of an answer has its decorator.
  namesOf(of) as readonly (keyof Body & string)[];

/** Of whatever holds them, the fields that `of` declares. */
export function picked<Body extends object>(of: new () => Body) {
  const names = fieldNames(of);
  return <Source extends { readonly [Name in keyof Body]: unknown }>(source: Source): Pick<Source, keyof Body> =>
    Object.fromEntries(names.map((name) => [name, source[name]])) as Pick<Source, keyof Body>;
}

/** A row of a view with its columns called as in answers: `return_id` is `returnId`. */
export const camelCased = <Row extends object>(row: Row): CamelCased<Row> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name.replace(/_./g, ([, letter = '']) => letter.toUpperCase()), value]),
  ) as CamelCased<Row>;
