/**
 * Quantiles of durations with a guaranteed relative error, from counts that simply add up (DDSketch: Masson, Rim, Lee,
 * "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", PVLDB 12(12), 2019).
 *
 * A duration falls into the bucket i with γ^(i−1) < duration ≤ γ^i, γ = (1 + α) / (1 − α); any value of a bucket is
 * within α of the bucket's representative 2γ^i / (γ + 1). A sketch is nothing but `bucket → count`, so two merge by
 * adding counts and a revoked observation is taken out exactly by subtracting one.
 */

/** α. With the rounding to five significant digits in `bucketSeconds` the answer stays within 1 %. */
const RELATIVE_ACCURACY = 0.0099;
const GAMMA = (1 + RELATIVE_ACCURACY) / (1 - RELATIVE_ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);
const SIGNIFICANT_DIGITS = 5;

/** Durations of zero, which have no logarithm. Sorts before every other bucket (1 ms lies in bucket 0). */
const ZERO_BUCKET = -1;

/** Bucket index → number of observations. */
export type Sketch = ReadonlyMap<number, number>;

/** @param durationMs whole milliseconds, ≥ 0 */
export function bucketOf(durationMs: number): number {
  return durationMs < 1 ? ZERO_BUCKET : Math.ceil(Math.log(durationMs) / LOG_GAMMA);
}

/** The bucket's representative duration in seconds, rounded to five significant digits. */
export function bucketSeconds(bucket: number): number {
  if (bucket === ZERO_BUCKET) return 0;
  const milliseconds = (2 * Math.exp(bucket * LOG_GAMMA)) / (GAMMA + 1);
  return Number((milliseconds / 1000).toPrecision(SIGNIFICANT_DIGITS));
}

/** Adds to `sketch` what a query tells as `bucket,count,bucket,count…`. */
export function addSketch(sketch: Map<number, number>, told: string): void {
  const numbers = told.split(',');
  for (let at = 0; at < numbers.length; at += 2) {
    const bucket = Number(numbers[at]);
    sketch.set(bucket, (sketch.get(bucket) ?? 0) + Number(numbers[at + 1]));
  }
}

/** What a report says about one set of durations, in seconds; null where there are none. Nearest-rank percentiles: the smallest duration that at least p % of the observations do not exceed. */
export function percentilesOf(sketch: Sketch) {
  const buckets = [...sketch].filter(([, count]) => count > 0).sort(([left], [right]) => left - right);
  const count = buckets.reduce((sum, [, each]) => sum + each, 0);
  const at = (percent: number): number | null => {
    // Whole numbers up to the division: 0.95 × 20 would come out above 19.
    const rank = Math.max(1, Math.ceil((percent * count) / 100));
    let seen = 0;
    const found = buckets.find(([, each]) => (seen += each) >= rank);
    return found === undefined ? null : bucketSeconds(found[0]);
  };
  return { count, p50: at(50), p90: at(90), p95: at(95), p99: at(99), max: at(100) };
}
