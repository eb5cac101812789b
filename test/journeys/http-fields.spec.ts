import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Flag, Id, ListOf, Minor, OneOf, Part, Text, When, Whole } from '../../src/http/fields.js';
import { decodeCursor, encodeCursor, pageOf, PageQuery } from '../../src/http/paging.js';
import { Problem } from '../../src/http/problem.js';
import { readFields, type FieldClass, type RequestPart } from '../../src/http/reading.js';

class Item {
  @Id()
  readonly lineId!: string;
  @Whole({ min: 1, max: 1000 })
  readonly quantity!: number;
}
class Body {
  @Text({ max: 10 })
  readonly name!: string;
  @ListOf(() => Item, { min: 1, max: 3 })
  readonly items!: readonly Item[];
  @Part(() => Item, { optional: true, nullable: true })
  readonly first?: Item | null;
  @ListOf('string', { optional: true })
  readonly tags?: readonly string[];
  @When({ optional: true })
  readonly at?: string;
  @Minor({ default: 0 })
  readonly feeMinor!: number;
  @OneOf(['a', 'b'], { optional: true })
  readonly kind?: string;
  @Flag({ optional: true })
  readonly express?: boolean;
}
class Filter extends PageQuery {
  @ListOf(['open', 'closed'], { optional: true })
  readonly status?: readonly string[];
  @Flag({ default: false })
  readonly late!: boolean;
}

function refusal(of: FieldClass, plain: unknown, place: RequestPart = 'body'): readonly string[] {
  try {
    readFields(of, plain, place);
  } catch (error) {
    if (error instanceof Problem) return error.errors.length === 0 ? [error.detail] : error.errors.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
}
const good = { name: 'Ann', items: [{ lineId: 'L1', quantity: 2 }] };

describe('Fields of a request', () => {
  it('are read into instances, nested ones too, with their defaults', () => {
    const body = readFields(Body, { ...good, first: { lineId: 'L2', quantity: 1 } }, 'body');
    expect(body).toBeInstanceOf(Body);
    expect(body).toMatchObject({ ...good, feeMinor: 0, first: { lineId: 'L2', quantity: 1 } });
    expect((body as Body).items[0]).toBeInstanceOf(Item);
  });

  it('are all reported at once, each with its place', () => {
    expect(
      refusal(Body, {
        name: '',
        items: [
          { lineId: 'L1', quantity: 0 },
          { lineId: 'a\u200Bb', quantity: 1, surprise: 1 },
        ],
        feeMinor: -1,
        extra: 1,
      }).toSorted(),
    ).toEqual(['/extra', '/feeMinor', '/items/0/quantity', '/items/1/lineId', '/items/1/surprise', '/name']);
  });

  it('are never converted in a body', () => {
    for (const quantity of ['2', 2.5, 2 ** 53, -1, null, true, [2], { n: 2 }]) {
      expect(refusal(Body, { ...good, items: [{ lineId: 'L1', quantity }] })).toContain('/items/0/quantity');
    }
    expect(refusal(Body, { ...good, express: 'true' })).toEqual(['/express']);
  });

  it('take neither control characters nor lone surrogates', () => {
    for (const name of ['a\0b', 'a\nb', 'a\u0085', '\ud800', 'x\udc00y', 'longer than ten'])
      expect(refusal(Body, { ...good, name })).toEqual(['/name']);
    for (const name of ['Zoë', '日本', '😀😀😀😀😀😀😀😀😀😀']) expect(refusal(Body, { ...good, name })).toEqual([]);
  });

  it('refuse lists and objects in each other’s place', () => {
    expect(refusal(Body, { ...good, items: {} })).toEqual(['/items']);
    expect(refusal(Body, { ...good, items: [[]] })).toEqual(['/items']);
    expect(refusal(Body, { ...good, items: [null] })).toEqual(['/items']);
    expect(refusal(Body, { ...good, items: [] })).toEqual(['/items']);
    expect(refusal(Body, { ...good, first: [] })).toEqual(['/first']);
    expect(refusal(Body, { ...good, first: 'x' })).toEqual(['/first']);
    expect(refusal(Body, { ...good, first: null })).toEqual([]);
    for (const body of [null, [], 'x', 1]) expect(refusal(Body, body)).toEqual(['A JSON object is expected.']);
  });

  it('hold times that exist, in one form', () => {
    expect(readFields(Body, { ...good, at: '2026-02-28T09:30:00Z' }, 'body')).toMatchObject({ at: '2026-02-28T09:30:00.000Z' });
    for (const at of ['2026-02-28T10:30:00+01:00', '2026-02-28 10:30:00 +0100', '2026-02-28T09:30:00.000000Z'])
      expect(readFields(Body, { ...good, at }, 'body')).toMatchObject({ at: '2026-02-28T09:30:00.000Z' });
    for (const at of ['2026-02-30T00:00:00Z', '2026-02-28', '2026-02-28T09:30:00', '2026-02-28T25:00:00Z', '1969-12-31T00:00:00Z', '', 5])
      expect(refusal(Body, { ...good, at })).toEqual(['/at']);
  });

  it('of a query are converted by their kind only', () => {
    expect(readFields(Filter, { limit: '20', status: 'open,closed', late: 'true' }, 'query')).toMatchObject({
      limit: 20,
      status: ['open', 'closed'],
      late: true,
    });
    expect(readFields(Filter, {}, 'query')).toMatchObject({ limit: 50, late: false });
    expect(refusal(Filter, { limit: '201', late: 'yes', status: 'odd' }, 'query').toSorted()).toEqual(['/late', '/limit', '/status']);
    expect(refusal(Filter, { limit: ['1', '2'] }, 'query')).toEqual(['/limit']);
    for (const limit of ['', ' 1', '1e1', '0x10', '1.0']) expect(refusal(Filter, { limit }, 'query')).toEqual(['/limit']);
  });

  it('never let a made-up object through or throw anything but a problem', () => {
    fc.assert(
      fc.property(
        fc.object({ key: fc.oneof(fc.string(), fc.constantFrom('name', 'items', 'first', '__proto__', 'constructor', 'toString')) }),
        (plain) => {
          expect(refusal(Body, plain).length).toBeGreaterThan(0);
        },
      ),
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(refusal(Body, JSON.parse('{"name":"Ann","items":[{"lineId":"L1","quantity":1}],"__proto__":{"polluted":1}}'))).toEqual([
      '/__proto__',
    ]);
  });
});

describe('A page', () => {
  it('ends with a cursor that leads to the next one', () => {
    const page = pageOf(
      [
        { id: 'a', at: 1 },
        { id: 'b', at: 2 },
        { id: 'c', at: 3 },
      ],
      2,
      ({ at, id }) => [at, id],
    );
    expect(page.items).toHaveLength(2);
    expect(decodeCursor(page.nextCursor ?? '', ['number', 'string'])).toEqual([2, 'b']);
    expect(pageOf([{ id: 'a' }], 2, ({ id }) => [id]).nextCursor).toBeNull();
  });

  it('refuses cursors it has not made', () => {
    const made = [
      encodeCursor(['a']),
      encodeCursor([1, 2]),
      encodeCursor([1, 'a', 'b']),
      'e30',
      '%%%',
      Buffer.from('[1,"\\ud800"]').toString('base64url'),
    ];
    for (const cursor of made) expect(() => decodeCursor(cursor, ['number', 'string'])).toThrow(Problem);
  });
});
