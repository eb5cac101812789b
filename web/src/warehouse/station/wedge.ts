/**
 * From keys to scans. A keyboard-wedge scanner is a keyboard that types a whole code within a blink and ends it with Enter
 * or Tab; wherever the focus is, that is a scan. Pure; times in milliseconds.
 */

/** A scanner leaves less time than that between two keys, a person more. */
const FASTEST_TYPIST_MS = 45;
/** No code is shorter; a person can hit two keys that fast. */
const SHORTEST_SCAN = 3;
/** What was typed longer ago than that and never entered does not belong to a scan that follows it. */
const FORGOTTEN_MS = 1_000;

/** `pause`: how long it was silent before. */
export type Burst = { readonly text: string; readonly lastAt: number; readonly pause: number };
export type Key = { readonly key: string; readonly at: number };
type Heard = {
  /** What is being typed without a pause. */
  readonly burst: Burst;
  /** The key began a new burst. */
  readonly isFirst: boolean;
  /** A scanned code, complete. */
  readonly scan: string | null;
};

export const SILENCE: Burst = { text: '', lastAt: Number.NEGATIVE_INFINITY, pause: Number.POSITIVE_INFINITY };

/** What the station knows after one more key. Keys that write nothing (Shift) are not told. */
export function hear(burst: Burst, { key, at }: Key): Heard {
  const isFast = at - burst.lastAt <= FASTEST_TYPIST_MS;
  if (key === 'Enter' || key === 'Tab') {
    return { burst: SILENCE, isFirst: false, scan: isFast && burst.text.length >= SHORTEST_SCAN ? burst.text : null };
  }
  const next = isFast ? { ...burst, text: burst.text + key, lastAt: at } : { text: key, lastAt: at, pause: at - burst.lastAt };
  return { burst: next, isFirst: !isFast, scan: null };
}

/** The code in the station's own field, where a browser that is busy may hear a scanner in several bursts. */
export const scannedInto = (typed: string, { text, pause }: Burst): string =>
  pause > FORGOTTEN_MS || !typed.endsWith(text) ? text : typed;
