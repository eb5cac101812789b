/** Reads the mapping that comes with an upload: a known one by name, or one of the shop's own as JSON. */
import { isDateFormat } from '../../shared/instants.js';
import { isObject } from '../../shared/objects.js';
import { IMPORT_FIELDS, isNumberField, NUMBER_FIELDS, type ImportField, type ImportMapping, type NumberField } from './fields.js';
import { GENERIC, NAMED_MAPPINGS } from './named-mappings.js';
import type { Decimal } from './values.js';

/** `errors` in words, when the text is no mapping. */
type MappingRead = { readonly mapping: ImportMapping } | { readonly errors: readonly string[] };

/**
 * A mapping by name, or as JSON: `{"columns": {"order_id": "Order No", "customer_name": ["Ship to", "Bill to"], …}, "defaults": {…},
 * "dateFormat": "DD.MM.YYYY", "decimal": ",", "lineIds": "position", "taxes": "added"}`. `"base": "shopify"` starts from a named one.
 * Payment defaults are those of `generic` unless said otherwise.
 */
export function readMapping(text: string): MappingRead {
  const named = NAMED_MAPPINGS.get(text);
  if (named !== undefined) return { mapping: named };
  if (!text.trimStart().startsWith('{'))
    return { errors: [`There is no mapping "${text}"; known are ${[...NAMED_MAPPINGS.keys()].join(', ')}, or give one as JSON`] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { errors: ['The mapping is not valid JSON'] };
  }
  return fromJson(json);
}

function fromJson(json: unknown): MappingRead {
  if (!isObject(json)) return { errors: ['The mapping is not a JSON object'] };
  const { base, columns = base === undefined ? undefined : {}, defaults = {}, dateFormat, decimal, lineIds, taxes, ...others } = json;
  const from = base === undefined ? { ...GENERIC, columns: {} } : typeof base === 'string' ? NAMED_MAPPINGS.get(base) : undefined;
  const errors = Object.keys(others).map((key) => `The mapping has an unknown part "${key}"`);
  if (from === undefined) return { errors: [...errors, `base must be one of ${[...NAMED_MAPPINGS.keys()].join(', ')}`] };
  const read = {
    columns: fieldsOf('columns', columns, namesOf, errors),
    defaults: fieldsOf('defaults', defaults, textOf, errors),
    decimal: decimalOf(decimal, from.decimal, errors),
    dateFormat: dateFormat ?? from.dateFormat,
    lineIds: oneOf('lineIds', lineIds, ['column', 'position'], from.lineIds, errors),
    taxes: oneOf('taxes', taxes, ['included', 'added', 'find'], from.taxes, errors),
  };
  if (typeof read.dateFormat !== 'string' || !isDateFormat(read.dateFormat)) {
    errors.push(
      'dateFormat must be iso or name year, month and day once each, such as M/D/YY, with or without a time such as HH:mm or h:mm A',
    );
  }
  if (errors.length > 0 || typeof read.dateFormat !== 'string') return { errors };
  return {
    mapping: {
      ...read,
      dateFormat: read.dateFormat,
      columns: { ...from.columns, ...read.columns },
      defaults: { ...from.defaults, ...read.defaults },
    },
  };
}

/** `unitPrice` and `unit_price` are the same field. */
function fieldOf(name: string): ImportField | undefined {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return IMPORT_FIELDS.find((field) => field === name || field === snake);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function namesOf(value: unknown): readonly string[] | undefined {
  const names = (Array.isArray(value) ? value : [value]).map(textOf);
  return names.length > 0 && names.every((name) => name !== undefined) ? names : undefined;
}

/** Known fields only; what is wrong is told in `errors`. */
function fieldsOf<Value>(
  part: string,
  value: unknown,
  read: (value: unknown) => Value | undefined,
  errors: string[],
): Partial<Record<ImportField, Value>> {
  const fields: Partial<Record<ImportField, Value>> = {};
  if (!isObject(value)) {
    errors.push(`${part} must be an object of texts by field name`);
    return fields;
  }
  for (const [name, given] of Object.entries(value)) {
    const field = fieldOf(name);
    const known = read(given);
    if (field === undefined) errors.push(`${part} names an unknown field "${name}"`);
    else if (known === undefined) errors.push(`${part}.${name} must be a text`);
    else fields[field] = known;
  }
  return fields;
}

/** One sign for the whole file, or by field. */
function decimalOf(value: unknown, base: ImportMapping['decimal'], errors: string[]): ImportMapping['decimal'] {
  if (value === undefined) return base;
  const isDecimal = (sign: unknown): sign is Decimal => sign === ',' || sign === '.';
  if (isDecimal(value)) return Object.fromEntries(NUMBER_FIELDS.map((field) => [field, value]));
  const byField: Partial<Record<NumberField, Decimal>> = {};
  for (const [name, sign] of isObject(value) ? Object.entries(value) : [['decimal', value] as const]) {
    const field = fieldOf(name);
    if (field !== undefined && isNumberField(field) && isDecimal(sign)) byField[field] = sign;
    else errors.push('decimal must be "," or ".", or name one of them for fields with numbers');
  }
  return { ...base, ...byField };
}

function oneOf<Value extends string>(part: string, value: unknown, allowed: readonly Value[], fallback: Value, errors: string[]): Value {
  if (value === undefined) return fallback;
  const found = allowed.find((each) => each === value);
  if (found === undefined) errors.push(`${part} must be one of ${allowed.join(', ')}`);
  return found ?? fallback;
}
