/** Which columns of a file hold what a mapping asks for. Pure. */
import { IMPORT_FIELDS, NUMBER_FIELDS, type ImportField, type ImportMapping, type NumberField } from './fields.js';

/** The column of a file that comes back with rows that were refused; it is never read. */
export const REASON_COLUMN = 'refused_because';

const folded = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/[\uFEFF\u200B]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
const loose = (name: string): string => folded(name).replace(/[_ ]+/g, ' ');
/** Names are the same as they stand, else without regard to case and blanks, else with `_` for a blank. */
const WAYS: readonly ((name: string) => string)[] = [(name) => name, folded, loose];

/** Where the wanted column stands: the first way of comparing that finds any. */
export function placesOf(names: readonly string[], wanted: string): readonly number[] {
  for (const way of WAYS) {
    const sought = way(wanted);
    const places = names.flatMap((name, index) => (way(name) === sought ? [index] : []));
    if (places.length > 0) return places;
  }
  return [];
}

/** A file's columns by name, each name once: a second `Notes` is `Notes (2)`. */
export function namedOnce(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

/** How many of the mapped columns are among the names. */
export const columnsFound = (names: readonly string[], mapping: Pick<ImportMapping, 'columns'>): number =>
  Object.values(mapping.columns).filter((wanted) => wanted.some((each) => placesOf(names, each).length > 0)).length;

/**
 * The mapping with its columns called as the file calls them.
 * @param names as the file has them, `REASON_COLUMN` among them or not
 * @returns what is wrong in words: columns that are missing, and names that fit two columns
 */
export function fitMapping(
  names: readonly string[],
  mapping: ImportMapping,
): { readonly mapping: ImportMapping } | { readonly errors: readonly string[] } {
  const once = namedOnce(names);
  const errors: string[] = [];
  const columns: Partial<Record<ImportField, readonly string[]>> = {};
  for (const field of IMPORT_FIELDS) {
    const wanted = mapping.columns[field] ?? [];
    const found = wanted.flatMap((name) => {
      const places = placesOf(names, name);
      if (places.length > 1)
        errors.push(`The file has ${places.length} columns called "${name}"; rename the ones that do not hold ${field}`);
      return places.slice(0, 1).map((place) => once[place] ?? name);
    });
    if (found.length > 0) columns[field] = found;
  }
  const missing = missingFields(columns, mapping);
  if (missing.length > 0) errors.push(`The file lacks ${missing.join(', ')}`);
  return errors.length > 0 ? { errors } : { mapping: { ...mapping, columns } };
}

/** Without them no row can become an order line. */
function missingFields(columns: ImportMapping['columns'], mapping: ImportMapping): readonly string[] {
  const isThere = (field: ImportField): boolean => columns[field] !== undefined || mapping.defaults[field] !== undefined;
  const needed: readonly (readonly ImportField[])[] = [
    ['order_id'],
    ['placed_at'],
    ['currency'],
    ...(mapping.lineIds === 'column' ? [['line_id'] as const] : []),
    ['sku', 'title'],
    ['quantity'],
    ['paid', 'unit_price'],
  ];
  return needed
    .filter((fields) => !fields.some(isThere))
    .map((fields) =>
      fields
        .map(
          (field) =>
            `${field} (${mapping.columns[field] === undefined ? 'not mapped' : `column ${mapping.columns[field].map((name) => `"${name}"`).join(' or ')}`})`,
        )
        .join(' or '),
    );
}

/** The columns with numbers whose decimal sign nobody has said. */
export const undecidedColumns = (mapping: ImportMapping): ReadonlyMap<NumberField, string> =>
  new Map(
    NUMBER_FIELDS.flatMap((field) => {
      const [column] = mapping.columns[field] ?? [];
      return column === undefined || mapping.decimal[field] !== undefined ? [] : [[field, column] as const];
    }),
  );
