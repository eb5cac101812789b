import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, bucketSeconds, percentilesOf } from '../../src/finance/sketch.js';

const YEAR_MS = 366 * 86_400_000;
const durations = fc.array(fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: YEAR_MS })), {
  minLength: 1,
  maxLength: 300,
});

const sketchOf = (milliseconds: readonly number[]): Map<number, number> => {
  const sketch = new Map<number, number>();
  for (const each of milliseconds) sketch.set(bucketOf(each), (sketch.get(bucketOf(each)) ?? 0) + 1);
  return sketch;
};

/** Nearest rank on all the values: what the sketch stands for. */
const exact = (milliseconds: readonly number[], percent: number): number => {
  const sorted = [...milliseconds].sort((left, right) => left - right);
  return sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1]! / 1000;
};

describe('the sketch of durations', () => {
  it('gives every percentile within 1 % of the exact nearest-rank percentile', () => {
    fc.assert(
      fc.property(durations, (milliseconds) => {
        const { count, p50, p90, p95, p99, max } = percentilesOf(sketchOf(milliseconds));
        expect(count).toBe(milliseconds.length);
        for (const [percent, found] of [
          [50, p50],
          [90, p90],
          [95, p95],
          [99, p99],
          [100, max],
        ] as const) {
          const wanted = exact(milliseconds, percent);
          expect(Math.abs(found! - wanted)).toBeLessThanOrEqual(wanted * 0.01);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stays within 1 % at every duration from a millisecond to years', () => {
    for (let ms = 1; ms < 10 * YEAR_MS; ms = Math.ceil(ms * 1.0007)) {
      expect(Math.abs(bucketSeconds(bucketOf(ms)) * 1000 - ms)).toBeLessThanOrEqual(ms * 0.01);
    }
  });

  it('merges by adding counts, and gives back exactly what was added before', () => {
    fc.assert(
      fc.property(durations, durations, (some, others) => {
        const merged = sketchOf([...some, ...others]);
        for (const [bucket, count] of sketchOf(others)) merged.set(bucket, merged.get(bucket)! - count);
        expect(percentilesOf(merged)).toEqual(percentilesOf(sketchOf(some)));
      }),
      { numRuns: 100 },
    );
  });

  it('knows zero as zero, and nothing as no percentile', () => {
    expect(percentilesOf(sketchOf([0, 0, 0]))).toEqual({ count: 3, p50: 0, p90: 0, p95: 0, p99: 0, max: 0 });
    expect(percentilesOf(new Map())).toEqual({ count: 0, p50: null, p90: null, p95: null, p99: null, max: null });
  });

  it('takes the 19th of 20 as the 95th percentile', () => {
    const twenty = Array.from({ length: 20 }, (_, index) => (index + 1) * 60_000);
    expect(percentilesOf(sketchOf(twenty)).p95).toBe(bucketSeconds(bucketOf(19 * 60_000)));
  });
});
