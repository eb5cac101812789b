/**
 * From keys to scans. A keyboard-wedge scanner is a keyboard that types a whole code within a blink and ends it with Enter
 * or Tab; wherever the focus is, that is a scan. Pure; times in milliseconds.
 */

/** A scanner leaves less time than that between two keys, a person more. */
export const FASTEST_TYPIST_MS = 45;
/** No code is shorter; a person can hit two keys that fast. */
const SHORTEST_SCAN = 3;

export type Burst = { readonly text: string; readonly lastAt: number };
export type Key = { readonly key: string; readonly at: number };
export type Heard = {
  /** What is being typed without a pause. */
  readonly burst: Burst;
  /** The key began a new burst. */
  readonly isFirst: boolean;
  /** A scanned code, complete. */
  readonly scan: string | null;
};

export const SILENCE: Burst = { text: '', lastAt: Number.NEGATIVE_INFINITY };

/** What the station knows after one more key. Keys that write nothing (Shift) are not told. */
export function hear(burst: Burst, { key, at }: Key): Heard {
  const isFast = at - burst.lastAt <= FASTEST_TYPIST_MS;
  if (key === 'Enter' || key === 'Tab') {
    return { burst: SILENCE, isFirst: false, scan: isFast && burst.text.length >= SHORTEST_SCAN ? burst.text : null };
  }
  return { burst: { text: isFast ? burst.text + key : key, lastAt: at }, isFirst: !isFast, scan: null };
}
