/**
 * Splits an amount exactly: largest remainder (Hamilton), ties to the earlier part. Integers only; products are formed
 * as BigInt, so nothing is lost beyond 2^53.
 */

/**
 * Splits `amountMinor` (≥ 0) over `weights` (≥ 0) in proportion. The parts add up to the amount exactly, and each
 * differs from its exact share by less than one minor unit. Without any weight the amount is split evenly.
 *
 * @returns as many parts as weights, in their order; empty when there are none
 */
export function allocate(amountMinor: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  if (sum === 0n) return split(amountMinor, weights.length);
  const amount = BigInt(amountMinor);
  const shares = weights.map((weight, index) => {
    const product = amount * BigInt(weight);
    return { index, part: Number(product / sum), remainder: product % sum };
  });
  const left = amountMinor - shares.reduce((total, share) => total + share.part, 0);
  const byRemainder = shares.toSorted((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  const parts = shares.map((share) => share.part);
  for (const { index, part } of byRemainder.slice(0, left)) parts[index] = part + 1;
  return parts;
}

/** Splits `amountMinor` into `count` equal parts; the first ones get the minor units that are left over. */
export function split(amountMinor: number, count: number): readonly number[] {
  const part = Math.floor(amountMinor / count);
  const left = amountMinor - part * count;
  return Array.from({ length: count }, (_, index) => (index < left ? part + 1 : part));
}

/** `amountMinor × bp / 10000`, half rounded up. Both ≥ 0; exact for every safe integer. */
export function share(amountMinor: number, bp: number): number {
  return Number((BigInt(amountMinor) * BigInt(bp) * 2n + 10_000n) / 20_000n);
}
