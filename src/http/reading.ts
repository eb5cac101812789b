/**
 * Reads what a client sent into an instance of the route's class: known fields only, nothing converted except texts of
 * a query, defaults filled in, then the rules. Every fault is reported at once, with its place as a JSON pointer.
 */
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { kept } from '../shared/kept.js';
import { isObject } from '../shared/objects.js';
import { Problem, type FieldError } from './problem.js';

export type FieldClass = new () => object;
export type RequestPart = 'body' | 'query' | 'path' | 'header';

/** How one field of a class is read; recorded by its decorator. */
type FieldReader = {
  readonly fallback: unknown;
  readonly fromQuery: ((text: string) => unknown) | undefined;
  readonly canonical: ((value: unknown) => unknown) | undefined;
  readonly nested: (() => FieldClass | undefined) | undefined;
  readonly many: boolean;
};

const declared = new WeakMap<object, Map<string, FieldReader>>();
const MOST_ERRORS = 50;

export function recordField(prototype: object, name: string, reader: FieldReader): void {
  const fields = declared.get(prototype) ?? new Map<string, FieldReader>();
  declared.set(prototype, fields.set(name, reader));
}

/** The fields of a class and of the classes it extends. */
export const fieldsOf = kept((prototype: object): ReadonlyMap<string, FieldReader> => {
  const fields = new Map<string, FieldReader>();
  for (let each = prototype; each !== Object.prototype; each = prototypeOf(each)) {
    for (const [name, reader] of declared.get(each) ?? []) if (!fields.has(name)) fields.set(name, reader);
  }
  return fields;
}, new WeakMap());

type Rule = { readonly accepts: (value: unknown) => boolean; readonly says: string };
/** The rule of each field of a class. class-validator itself gathers them anew for every object of every request. */
const rulesOf = kept((of: FieldClass): ReadonlyMap<string, Rule> => {
  const rules = new Map<string, Rule>();
  const storage = getMetadataStorage();
  for (const { propertyName, constraintCls } of storage.getTargetValidationMetadatas(of, '', true, false)) {
    for (const { instance } of storage.getTargetValidatorConstraints(constraintCls)) {
      const accepts = (value: unknown): boolean => instance.validate(value) === true;
      rules.set(propertyName, { accepts, says: instance.defaultMessage?.() ?? 'is not as documented' });
    }
  }
  return rules;
}, new WeakMap());

const prototypeOf = (value: object): object => (Object.getPrototypeOf(value) as object | null) ?? Object.prototype;

const escape = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

class Reading {
  readonly errors: FieldError[] = [];
  constructor(private readonly place: RequestPart) {}

  refuse(pointer: string, detail: string): void {
    if (this.errors.length < MOST_ERRORS) this.errors.push({ pointer, detail, in: this.place });
  }

  /** An instance with the known fields of `plain`; anything that is no object stays what it is, for the rules to refuse. */
  instance(of: FieldClass, plain: unknown, pointer: string): unknown {
    if (!isObject(plain)) return plain;
    const fields = fieldsOf(of.prototype as object);
    const instance = new of();
    for (const name of Object.keys(plain)) {
      if (!fields.has(name)) this.refuse(`${pointer}/${escape(shown(name))}`, 'is not a known field');
    }
    for (const [name, reader] of fields) {
      const given = Object.hasOwn(plain, name) ? plain[name] : undefined;
      const value = given === undefined ? reader.fallback : this.#value(reader, given, `${pointer}/${name}`);
      if (value !== undefined) Reflect.set(instance, name, value);
    }
    return instance;
  }

  #value(reader: FieldReader, given: unknown, pointer: string): unknown {
    const raw = this.place === 'query' && typeof given === 'string' && reader.fromQuery ? reader.fromQuery(given) : given;
    const of = reader.nested?.();
    if (of !== undefined) {
      if (!reader.many) return this.instance(of, raw, pointer);
      return Array.isArray(raw) ? raw.map((item: unknown, index) => this.instance(of, item, `${pointer}/${index}`)) : raw;
    }
    return reader.canonical ? reader.canonical(raw) : raw;
  }

  /** Every field by its rule, and whatever instances it holds by theirs. */
  check(of: FieldClass, instance: object, pointer: string): void {
    const rules = rulesOf(of);
    for (const [name, { nested }] of fieldsOf(prototypeOf(instance))) {
      const value: unknown = Reflect.get(instance, name);
      const rule = rules.get(name);
      if (rule?.accepts(value) === false) this.refuse(`${pointer}/${name}`, rule.says);
      const inner = nested?.();
      if (inner === undefined) continue;
      if (value instanceof inner) this.check(inner, value, `${pointer}/${name}`);
      if (Array.isArray(value))
        value.forEach((item: unknown, index) => item instanceof inner && this.check(inner, item, `${pointer}/${name}/${index}`));
    }
  }
}

/** A name that a client made up, short and printable enough to be given back to it. */
const shown = (name: string): string => name.slice(0, 60).replace(/[\p{Cc}\p{Cs}]/gu, '?');

/**
 * `plain` as an instance of `of`. A body left out counts as `{}`.
 * @throws Problem validation_failed with every fault in `errors`
 */
export function readFields(of: FieldClass, plain: unknown, place: RequestPart): object {
  const reading = new Reading(place);
  const instance = reading.instance(of, plain === undefined ? {} : plain, '');
  if (!(instance instanceof of)) throw new Problem('validation_failed', 'A JSON object is expected.');
  reading.check(of, instance, '');
  if (reading.errors.length > 0) throw new Problem('validation_failed', 'Some fields are not as documented.', { errors: reading.errors });
  return instance;
}

/** The body of a command that asks for nothing: what is sent all the same is refused. */
export class EmptyBody {}

const isFieldClass = (type: unknown): type is FieldClass =>
  type === EmptyBody ||
  (typeof type === 'function' &&
    typeof type.prototype === 'object' &&
    type.prototype !== null &&
    fieldsOf(type.prototype as object).size > 0);

const PLACES: Readonly<Record<string, RequestPart>> = { body: 'body', query: 'query', param: 'path' };

/** Global pipe: every argument whose class has fields is read by them. */
@Injectable()
export class FieldsPipe implements PipeTransform<unknown, unknown> {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    const place = PLACES[type];
    return place !== undefined && isFieldClass(metatype) ? readFields(metatype, value, place) : value;
  }
}
