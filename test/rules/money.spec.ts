import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate, share, split } from '../../src/returns/rules/money/allocate.js';
import { minorDigits } from '../../src/returns/rules/money/currency.js';
import { CURRENCIES } from '../../src/returns/rules/money/decimals.js';
import { inWords } from '../../src/returns/words/amounts.js';

const SEED = 20260303;
const sum = (parts: readonly number[]): bigint => parts.reduce((total, part) => total + BigInt(part), 0n);
const amounts = fc.oneof(fc.nat(1000), fc.integer({ min: 0, max: 1_000_000_000_000 }));

describe('Allocation', () => {
  it('gives the largest remainders the units left over, ties to the first', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(5, [3, 3, 3, 1])).toEqual([2, 2, 1, 0]);
    expect(allocate(10, [1, 0, 3])).toEqual([3, 0, 7]);
    expect(allocate(7, [0, 0])).toEqual([4, 3]);
    expect(allocate(0, [5, 2])).toEqual([0, 0]);
    expect(allocate(7, [])).toEqual([]);
  });

  it('adds up exactly, each part within one of its share, and none beyond a weight that bears it; beyond 2^53 too', () => {
    fc.assert(
      fc.property(amounts, fc.array(amounts, { minLength: 1, maxLength: 40 }), (amount, weights) => {
        const parts = allocate(amount, weights);
        expect(sum(parts)).toBe(BigInt(amount));
        const total = sum(weights);
        if (total === 0n) return;
        parts.forEach((part, index) => {
          const [exact, whole] = [BigInt(amount) * BigInt(weights[index]!), BigInt(part) * total];
          expect(exact - whole < total && whole - exact < total).toBe(true);
          if (BigInt(amount) <= total) expect(part).toBeLessThanOrEqual(weights[index]!);
        });
      }),
      { seed: SEED },
    );
  });

  it('splits evenly as allocation over equal weights does', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 50 }), (amount, count) => {
        expect(split(amount, count)).toEqual(
          allocate(
            amount,
            Array.from({ length: count }, () => 1),
          ),
        );
      }),
      { seed: SEED },
    );
  });

  it('rounds a rate half up', () => {
    expect([share(1, 5000), share(3, 5000), share(1, 4999), share(1190, 7500), share(999, 10_000), share(1_000_000_000_001, 3333)]).toEqual(
      [1, 2, 0, 893, 999, 333_300_000_000],
    );
  });
});

describe('A currency', () => {
  it.each([
    ['JPY', 0],
    ['KRW', 0],
    ['EUR', 2],
    ['USD', 2],
    ['HUF', 2],
    ['IDR', 2],
    ['KWD', 3],
    ['BHD', 3],
    ['CLF', 4],
    ['XCG', 2],
    ['ZWG', 2],
    ['SLE', 2],
    ['VED', 2],
    ['XAD', 2],
    ['UGX', 0],
    ['IQD', 3],
    ['ISK', 0],
    ['MGA', 2],
    ['MRU', 2],
    ['UYW', 4],
  ])('%s has %i decimal places, as ISO 4217 books it', (currency, digits) => {
    expect(minorDigits(currency)).toBe(digits);
  });

  it.each([
    ['HRK', 2],
    ['ANG', 2],
    ['BGN', 2],
    ['DEM', 2],
    ['ZWL', 2],
    ['SLL', 2],
    ['CUC', 2],
    ['VEF', 2],
    ['ITL', 0],
    ['ESP', 0],
    ['BYR', 0],
    ['TRL', 0],
  ])('%s of an old order has %i decimal places still', (currency, digits) => {
    expect(minorDigits(currency)).toBe(digits);
    expect(CURRENCIES).not.toContain(currency);
  });

  it.each(['XXX', 'XAU', 'EURO', '', 'eur', '__proto__'])('%j is none', (currency) => {
    expect(() => minorDigits(currency)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  });

  it('is written with its decimals', () => {
    expect([inWords(5, 'EUR'), inWords(1299, 'EUR'), inWords(1299, 'JPY'), inWords(1299, 'KWD'), inWords(-5, 'USD')]).toEqual([
      '€0.05',
      '€12.99',
      '¥1,299',
      'KWD\u00a01.299',
      '-$0.05',
    ]);
  });

  it('is known if anybody uses it: the whole list', () => {
    // What Intl knows and ISO 4217 does not list any more, or lists without a minor unit, is not for orders.
    const known = Intl.supportedValuesOf('currency').filter((currency) => {
      try {
        return minorDigits(currency) >= 0;
      } catch {
        return false;
      }
    });
    expect(known.length).toBeGreaterThan(150);
  });
});
