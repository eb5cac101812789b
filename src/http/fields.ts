/**
 * One decorator per kind of field, for request bodies, queries and answers alike. Each carries the rule that is
 * checked (class-validator), the OpenAPI schema that is published, and how the field is read from a query string, so
 * what is documented is what is enforced.
 */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { hasOffset, readInstant } from '../shared/instants.js';
import { recordField, type FieldClass } from './reading.js';
import { DAY, ID_SCHEMA, ID_WORDS, isDay, isId, isInstant, isPlainText, tidyId, WITH_OFFSET } from './texts.js';

type Common = {
  /** May be left out. */
  readonly optional?: boolean;
  /** May be null. */
  readonly nullable?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  /** Taken when the field is left out; makes it optional. */
  readonly default?: unknown;
};

type Kind = {
  readonly name: string;
  readonly says: string;
  readonly accepts: (value: unknown) => boolean;
  readonly schema: ApiPropertyOptions;
  /** How a query string's text is read; a text that cannot be read stays as it is and is then refused by the rule. */
  readonly fromQuery?: (text: string) => unknown;
  /** One canonical form of an accepted value. */
  readonly canonical?: (value: unknown) => unknown;
  readonly nested?: () => FieldClass | undefined;
  readonly many?: boolean;
};

function field(kind: Kind, options: Common): PropertyDecorator {
  const optional = options.optional === true || options.default !== undefined;
  const rule = ValidateBy({
    name: kind.name,
    validator: {
      validate: (value: unknown) =>
        (value === undefined && optional) || (value === null && options.nullable === true) || kind.accepts(value),
      defaultMessage: () => kind.says,
    },
  });
  const { description, example } = options;
  const schema = {
    ...kind.schema,
    required: !optional,
    ...(options.nullable === true ? { nullable: true } : {}),
    ...(options.default === undefined ? {} : { default: options.default }),
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { example }),
  } as ApiPropertyOptions;
  const record: PropertyDecorator = (target, property) =>
    recordField(target, String(property), {
      fallback: options.default,
      fromQuery: kind.fromQuery,
      canonical: kind.canonical,
      nested: kind.nested,
      many: kind.many === true,
    });
  return applyDecorators(rule, ApiProperty(schema), record);
}

/** A kind of field that is the same everywhere. */
function plain(kind: Kind) {
  return (options: Common = {}): PropertyDecorator => field(kind, options);
}

const wholeFromText = (text: string): unknown => (/^-?\d{1,16}$/.test(text) ? Number(text) : text);
const isWhole = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;

/** An identifier of 1–100 characters by the one rule for all of them (`ID`); blanks around are taken off. */
export function Id(options: Common & { readonly max?: number } = {}): PropertyDecorator {
  const max = options.max ?? 100;
  return field(
    {
      name: 'id',
      says: `must be an identifier of 1 to ${max} ${ID_WORDS}`,
      accepts: (value) => isId(value, max),
      schema: { type: 'string', minLength: 1, maxLength: max, pattern: ID_SCHEMA },
      canonical: tidied,
    },
    options,
  );
}

type TextOptions = Common & {
  /** Characters; 1 unless said otherwise. */
  readonly min?: number;
  /** Characters; 200 unless said otherwise. */
  readonly max?: number;
  /** Line breaks and tabs allowed. */
  readonly multiline?: boolean;
  /** Anchored, without flags. */
  readonly pattern?: RegExp;
  readonly format?: string;
  /** Makes one form of what is sent, before it is checked. */
  readonly tidy?: (text: string) => string;
  /** Text of blanks alone counts as null; for fields that may be null. */
  readonly blankIsNull?: boolean;
};

const asIs = (text: string): string => text;
/** Nothing in it that people see. */
const isBlank = (text: string): boolean => !/[^\s\u2800\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(text);

/** Text without control characters and without lone surrogates. */
export function Text(options: TextOptions = {}): PropertyDecorator {
  const { blankIsNull = false } = options;
  const { min = blankIsNull ? 0 : 1, max = 200, multiline = false, pattern, format, tidy = asIs } = options;
  return field(
    {
      name: 'text',
      says: `must be text of ${min} to ${max} characters without control characters${pattern === undefined ? '' : `, matching ${pattern.source}`}`,
      accepts: (value) => isPlainText(value, min, max, multiline) && (pattern === undefined || pattern.test(value)),
      schema: {
        type: 'string',
        minLength: min,
        maxLength: max,
        ...(pattern === undefined ? {} : { pattern: pattern.source }),
        ...(format === undefined ? {} : { format }),
      },
      canonical: (value) => (typeof value !== 'string' ? value : blankIsNull && isBlank(value) ? null : tidy(value)),
    },
    options,
  );
}

/** As many characters as a QR code holds, and some. */
const MOST_SCANNED = 8000;

/**
 * Whatever a scanner sends: control characters between and around the data belong to it, so nothing but the length is
 * refused. Not to be stored as it came; see `printedCode`.
 */
export function Scanned(options: Common & { readonly min?: number; readonly max?: number } = {}): PropertyDecorator {
  const { min = 1, max = MOST_SCANNED } = options;
  return field(
    {
      name: 'scanned',
      says: `must be text of ${min} to ${max} characters, as it was scanned`,
      accepts: (value) => typeof value === 'string' && value.length >= min && value.length <= max,
      schema: { type: 'string', minLength: min, maxLength: max },
    },
    options,
  );
}

type Range = Common & { readonly min?: number; readonly max?: number };

/** A whole number, 0 or more unless said otherwise; never beyond what JSON numbers hold exactly. */
export function Whole(options: Range = {}): PropertyDecorator {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  return field(
    {
      name: 'whole',
      says: `must be a whole number from ${min} to ${max}`,
      accepts: (value) => isWhole(value, min, max),
      schema: { type: 'integer', minimum: min, maximum: max },
      fromQuery: wholeFromText,
    },
    options,
  );
}

/** Largest amount taken in one field, enough for currencies with small units; sums of thousands of them are still exact. */
export const MAX_MINOR = 1_000_000_000_000;

/** An amount in minor units of the currency, 0 or more unless said otherwise. */
export function Minor(options: Range = {}): PropertyDecorator {
  const { min = 0, max = MAX_MINOR } = options;
  return field(
    {
      name: 'minor',
      says: `must be an amount in minor units, a whole number from ${min} to ${max}`,
      accepts: (value) => isWhole(value, min, max),
      // Sums in answers may be larger than what is taken in one field, so only a limit that was asked for is published.
      schema: { type: 'integer', minimum: min, ...(options.max === undefined ? {} : { maximum: max }) },
      fromQuery: wholeFromText,
    },
    options,
  );
}

/** A measured number that need not be whole (seconds, shares); for answers, never for money. */
export const Measure = plain({
  name: 'measure',
  says: 'must be a number',
  accepts: (value) => typeof value === 'number' && Number.isFinite(value),
  schema: { type: 'number' },
});

export function OneOf(values: readonly string[], options: Common = {}): PropertyDecorator {
  const allowed = new Set<unknown>(values);
  return field(
    {
      name: 'oneOf',
      says: `must be one of ${values.join(', ')}`,
      accepts: (value) => allowed.has(value),
      schema: { type: 'string', enum: [...values] },
    },
    options,
  );
}

type WhenOptions = Common & {
  /** Also wall times and days, which stay as they are written: what they mean depends on the shop's time zone. */
  readonly local?: boolean;
};

/**
 * An instant with its offset, as ISO 8601 and its relatives write it (`2026-03-01T09:30:00Z`, `2026-03-01 10:30:00 +0100`, with
 * microseconds or without seconds), from 1970 on; read into UTC with milliseconds, so that texts sort as times.
 */
export function When({ local = false, ...options }: WhenOptions = {}): PropertyDecorator {
  const accepts = (value: unknown): value is string =>
    isInstant(value) || (typeof value === 'string' && (readInstant(value, 'UTC') ?? '') >= '1970' && (local || hasOffset(value)));
  return field(
    {
      name: 'when',
      says: local
        ? 'must be a point in time, like 2026-03-01T09:30:00Z or 2026-03-01 10:30:00 +0100, or without an offset a time (2026-03-01 10:30) or day (2026-03-01) of the shop'
        : 'must be a point in time with its offset, like 2026-03-01T09:30:00Z or 2026-03-01 10:30:00 +0100',
      accepts,
      schema: { type: 'string', format: 'date-time', ...(local ? {} : { pattern: WITH_OFFSET.source }) },
      canonical: (value) => (accepts(value) && hasOffset(value) ? readInstant(value, 'UTC') : value),
    },
    options,
  );
}

/** A calendar day, `2026-03-01`. */
export const Day = plain({
  name: 'day',
  says: 'must be a day, like 2026-03-01',
  accepts: isDay,
  schema: { type: 'string', format: 'date', pattern: DAY.source },
});

export const Flag = plain({
  name: 'flag',
  says: 'must be true or false',
  accepts: (value) => typeof value === 'boolean',
  schema: { type: 'boolean' },
  fromQuery: (text) => (text === 'true' ? true : text === 'false' ? false : text),
});

/** What a list holds: objects of a class, texts, identifiers, or some of given words. */
export type Items = (() => FieldClass | 'string') | 'string' | 'id' | 'whole' | readonly string[];

/** A list of `min` (0) to `max` (1000) items; texts are at most 500 characters. In a query: repeated, or separated by commas. */
export function ListOf(items: Items, options: Range = {}): PropertyDecorator {
  const { min = 0, max = 1000 } = options;
  const classOf = (): FieldClass | undefined => {
    const resolved = typeof items === 'function' ? items() : undefined;
    return typeof resolved === 'function' ? resolved : undefined;
  };
  const item = itemRule(items);
  const size = { minItems: min, maxItems: max };
  return field(
    {
      name: 'listOf',
      says: `must be a list of ${min} to ${max} items, ${item.says}`,
      accepts: (value) => Array.isArray(value) && value.length >= min && value.length <= max && value.every(item.accepts),
      schema:
        item.schema === undefined
          ? { type: () => classOf() ?? String, isArray: true, ...size }
          : { type: 'array', items: item.schema, ...size },
      fromQuery: (text) => text.split(','),
      many: true,
      ...(items === 'id' ? { canonical: (value: unknown) => (Array.isArray(value) ? value.map(tidied) : value) } : {}),
      ...(typeof items === 'function' ? { nested: classOf } : {}),
    },
    options,
  );
}

type ItemRule = { readonly says: string; readonly accepts: (value: unknown) => boolean; readonly schema?: Record<string, unknown> };

const tidied = (value: unknown): unknown => (typeof value === 'string' ? tidyId(value) : value);

function itemRule(items: Items): ItemRule {
  if (items === 'id')
    return {
      says: 'each an identifier',
      accepts: (value) => isId(value, 100),
      schema: { type: 'string', minLength: 1, maxLength: 100, pattern: ID_SCHEMA },
    };
  if (items === 'string')
    return {
      says: 'each a text',
      accepts: (value) => isPlainText(value, 1, 500, false),
      schema: { type: 'string', minLength: 1, maxLength: 500 },
    };
  if (items === 'whole')
    return {
      says: 'each a whole number',
      accepts: (value) => isWhole(value, 0, Number.MAX_SAFE_INTEGER),
      schema: { type: 'integer', minimum: 0 },
    };
  if (typeof items === 'function') {
    return {
      says: 'each as documented',
      accepts: (value) => {
        const itemClass = items();
        return typeof itemClass === 'function' ? value instanceof itemClass : isPlainText(value, 1, 500, false);
      },
    };
  }
  const allowed = new Set<unknown>(items);
  return { says: `each one of ${items.join(', ')}`, accepts: (value) => allowed.has(value), schema: { type: 'string', enum: [...items] } };
}

/** An object of its own class. (Swagger takes a function for lazy only when it is called `type`, hence the one below.) */
export function Part(of: () => FieldClass, options: Common = {}): PropertyDecorator {
  return field(
    { name: 'part', says: 'must be an object', accepts: (value) => value instanceof of(), schema: { type: () => of() }, nested: of },
    options,
  );
}
