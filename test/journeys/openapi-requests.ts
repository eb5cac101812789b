/** Requests made up from the API's own description: right ones, wrong ones, and a check of what comes back. */
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Answer, TestApp } from '../support/app.js';

export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
};
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type Parameter = { readonly in: 'path' | 'query' | 'header'; readonly name: string; readonly required?: boolean; readonly schema?: Schema };
type OperationBody = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
  readonly 'x-roles': readonly string[];
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationBody>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

export type Operation = OperationBody & { readonly method: string; readonly path: string };
export type Request = { readonly path: string; readonly body: unknown; readonly headers: Readonly<Record<string, string>> };
/** Values that exist, by the name of the field or parameter they fit. */
export type Pool = Readonly<Record<string, readonly string[]>>;

export class Description {
  private constructor(
    private readonly document: Document,
    private readonly ajv: Ajv2020,
  ) {}

  static async of(service: TestApp): Promise<Description> {
    const { body } = await service.call<Document>('GET', '/openapi.json');
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(body, 'api');
    return new Description(body, ajv);
  }

  get operations(): readonly Operation[] {
    return Object.entries(this.document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
    );
  }

  resolve(schema: Schema): Schema {
    if (schema.allOf?.length === 1) return this.resolve({ ...schema, allOf: undefined, ...schema.allOf[0] });
    if (schema.$ref === undefined) return schema;
    const found = this.document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
    if (found === undefined) throw new Error(`${schema.$ref} is not described`);
    return this.resolve(found);
  }

  /** What of the answer is not as described; undefined when all is well. */
  fault(operation: Operation, answer: Answer<unknown>): string | undefined {
    const type = answer.headers.get('content-type')?.split(';', 1)[0] ?? '';
    const described = operation.responses[String(answer.status)];
    if (described === undefined) return `status ${answer.status} is not described: ${answer.text.slice(0, 300)}`;
    if (described.content?.[type] === undefined) return `${answer.status} with ${type === '' ? 'no content type' : type} is not described`;
    if (!type.includes('json') || type.includes('ndjson')) return undefined;
    const pointer = [
      'paths',
      operation.path,
      operation.method.toLowerCase(),
      'responses',
      String(answer.status),
      'content',
      type,
      'schema',
    ];
    const validate = this.ajv.getSchema(
      `api#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`,
    );
    if (validate === undefined) return `${answer.status} has no schema`;
    return validate(answer.body) === true
      ? undefined
      : `${answer.status}: ${this.ajv.errorsText(validate.errors)} in ${answer.text.slice(0, 300)}`;
  }

  /** Requests as described, with values that exist where their names fit. */
  right(operation: Operation, pool: Pool): fc.Arbitrary<Request> {
    return this.request(operation, (schema, name) => this.value(schema, pool, name));
  }

  /** Requests with something wrong in any place. */
  wrong(operation: Operation, pool: Pool): fc.Arbitrary<Request> {
    const value = (schema: Schema, name: string): fc.Arbitrary<unknown> =>
      fc.oneof({ weight: 2, arbitrary: this.value(schema, pool, name) }, { weight: 1, arbitrary: NONSENSE });
    return fc.oneof(
      this.request(operation, value),
      this.request(operation, (schema, name) => this.value(schema, pool, name)).chain((request) =>
        ODD_HEADERS.map((headers) => ({ ...request, headers: { ...request.headers, ...headers } })),
      ),
      ...(operation.requestBody === undefined
        ? []
        : [this.right(operation, pool).chain((request) => spoiled(request.body).map((body) => ({ ...request, body })))]),
    );
  }

  private request(
    { path, parameters = [], requestBody }: Operation,
    value: (schema: Schema, name: string) => fc.Arbitrary<unknown>,
  ): fc.Arbitrary<Request> {
    const inPath = parameters.filter((each) => each.in === 'path');
    const inQuery = parameters.filter((each) => each.in === 'query');
    const json = requestBody?.content['application/json']?.schema;
    const upload = requestBody === undefined || json !== undefined ? undefined : Object.keys(requestBody.content)[0];
    return fc
      .record({
        path: fc.record(Object.fromEntries(inPath.map(({ name, schema }) => [name, value(schema ?? {}, name)]))),
        query: someOf(
          Object.fromEntries(inQuery.map(({ name, schema }) => [name, value(schema ?? {}, name)])),
          inQuery.filter(({ required }) => required).map(({ name }) => name),
        ),
        body: json !== undefined ? value(json, '') : upload !== undefined ? UPLOAD : fc.constant<unknown>(undefined),
      })
      .map((drawn): Request => {
        const query = new URLSearchParams(
          Object.entries(drawn.query)
            .filter(([, each]) => each !== undefined)
            .map(([name, each]): [string, string] => [name, textOf(each)]),
        );
        const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(wellFormed(textOf(drawn.path[name]))));
        return {
          path: query.size === 0 ? filled : `${filled}?${query.toString()}`,
          body: drawn.body,
          headers: upload === undefined ? NO_HEADERS : { 'content-type': upload },
        };
      });
  }

  private value(described: Schema, pool: Pool, name: string): fc.Arbitrary<unknown> {
    const schema = this.resolve(described);
    const known = pool[name];
    const made = this.made(schema, pool, name);
    return known === undefined
      ? made
      : fc.oneof({ weight: 6, arbitrary: fc.constantFrom<unknown>(...known) }, { weight: 1, arbitrary: made });
  }

  private made(schema: Schema, pool: Pool, name: string): fc.Arbitrary<unknown> {
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const either = schema.anyOf ?? schema.oneOf;
    if (either !== undefined) return fc.oneof(...either.map((each) => this.value(each, pool, name)));
    const types = [schema.type ?? 'string'].flat();
    return fc.oneof(...types.map((type) => this.typed(type, schema, pool, name)));
  }

  private typed(type: string, schema: Schema, pool: Pool, name: string): fc.Arbitrary<unknown> {
    switch (type) {
      case 'null':
        return fc.constant(null);
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.oneof(
          fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 100, (schema.minimum ?? 0) + 20) }),
          fc.maxSafeInteger().map((n) => Math.min(Math.max(n, schema.minimum ?? n), schema.maximum ?? 1e12)),
        );
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case 'array':
        return fc.array(this.value(schema.items ?? {}, pool, name), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.min(schema.maxItems ?? 3, Math.max(3, schema.minItems ?? 0)),
        });
      case 'object': {
        const properties = Object.entries(schema.properties ?? {});
        return someOf(Object.fromEntries(properties.map(([key, each]) => [key, this.value(each, pool, key)])), schema.required ?? []);
      }
      default:
        return textFor(schema);
    }
  }
}

/** All members that are required, and none, one, any or all of the others: with all of them at once hardly any rule would be met. */
function someOf(
  members: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  required: readonly string[],
): fc.Arbitrary<Record<string, unknown>> {
  const optional = Object.keys(members).filter((name) => !required.includes(name));
  const chosen = fc.oneof(
    fc.constant<string[]>([]),
    fc.subarray(optional, { maxLength: Math.min(2, optional.length) }),
    fc.subarray(optional),
    fc.constant(optional),
  );
  return chosen.chain((names) =>
    fc.record(Object.fromEntries(Object.entries(members).filter(([name]) => required.includes(name) || names.includes(name)))),
  );
}

function textFor({ format, pattern, minLength = 0, maxLength = 50 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc.date({ min: new Date('2025-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
  if (format === 'date')
    return fc
      .date({ min: new Date('2025-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: 'small' }).filter((text) => text.length <= maxLength);
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 30)) });
}

const NO_HEADERS: Request['headers'] = {};

/** What no field should choke on. */
const NONSENSE = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    0.1,
    1e21,
    2 ** 53,
    2 ** 53 + 2,
    -(2 ** 63),
    '',
    ' ',
    '0',
    '\0',
    '\ud800',
    '\u202e',
    "'; drop table rows; --",
    '../../etc/passwd',
    '%00',
    '=1+1',
    '{}',
    [],
    {},
    [[]],
    [null],
    'x'.repeat(5000),
  ),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
const ODD_HEADERS = fc.constantFrom<Record<string, string>>(
  { 'if-match': 'x' },
  { 'if-match': '"99999"' },
  { 'if-match': '*' },
  { 'x-min-position': 'nowhere' },
  { 'idempotency-key': '' },
  { 'idempotency-key': 'same for all' },
  { accept: 'text/csv' },
  { accept: 'image/png' },
  { accept: '' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'last-event-id': 'x' },
  { 'content-encoding': 'gzip' },
);
const UPLOAD = fc.oneof(
  fc.constant(''),
  fc.string({ unit: 'binary' }),
  fc.array(fc.jsonValue(), { maxLength: 5 }).map((rows) => rows.map((row) => JSON.stringify(row)).join('\n')),
  fc.constant('orderId,sku\n"unclosed'),
);

/** A body with one thing wrong somewhere in it. */
function spoiled(body: unknown): fc.Arbitrary<unknown> {
  const text = JSON.stringify(body) ?? '';
  const places = [...text.matchAll(/[{,]"(\w+)":/g)].map((match) => match.index);
  const inserted = places.map((at) => `${text.slice(0, at + 1)}"surprise":1,${text.slice(at + 1)}`);
  const swapped = fc
    .tuple(fc.constantFrom('"x"', '-1', '1.5', 'null', '[]', '{}', '9007199254740993', 'true', '"\\ud800"'), fc.nat())
    .map(([value, n]) => {
      const values = [...text.matchAll(/:("(?:[^"\\]|\\.)*"|-?\d+|true|false|null)/g)];
      const match = values[n % Math.max(1, values.length)];
      return match === undefined ? value : `${text.slice(0, match.index + 1)}${value}${text.slice(match.index + match[0].length)}`;
    });
  return fc.oneof(
    swapped,
    fc.constantFrom(text.slice(0, -1), `${text}}`, 'null', '[]', '"text"', '1', '{"__proto__":{"a":1}}', '', ...inserted),
  );
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.map(textOf).join(',') : (JSON.stringify(value) ?? '');
/** A lone surrogate cannot be put into an address at all. */
const wellFormed = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd') || '-';
