/**
 * What all charts share: colours that people with any colour vision tell apart (Okabe and Ito), patterns so that colour
 * is never the only difference, and no movement. Pure.
 */
export const COLOURS = {
  blue: '#0072B2',
  vermilion: '#D55E00',
  green: '#007A5A',
  purple: '#8A3D73',
  orange: '#B87700',
  black: '#212529',
} as const;

/** The table beside each chart is what keyboards and screen readers use, so the picture itself takes no focus. */
export const STILL = {
  line: { lineProps: { isAnimationActive: false }, lineChartProps: { accessibilityLayer: false } },
  bar: { barProps: { isAnimationActive: false }, barChartProps: { accessibilityLayer: false } },
} as const;

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
const STEPS = [
  0.01,
  0.05,
  0.1,
  0.25,
  1,
  5,
  15,
  30,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  5 * DAY,
  10 * DAY,
  20 * DAY,
  50 * DAY,
  100 * DAY,
  200 * DAY,
  500 * DAY,
  1000 * DAY,
];
const MOST_TICKS = 6;

/** Where an axis of durations is marked, in seconds: from 0 to at least the longest, in steps people count in. */
export function timeTicks(longest: number): number[] {
  const step = STEPS.find((each) => longest / each <= MOST_TICKS) ?? longest / MOST_TICKS;
  return Array.from({ length: Math.max(1, Math.ceil(longest / step)) + 1 }, (_, index) => index * step);
}

export const PATTERNS = ['plain', 'slanted', 'dotted', 'crossed', 'lying', 'backslanted', 'standing'] as const;
export type Pattern = (typeof PATTERNS)[number];

export type Fill = { readonly id: string; readonly colour: string; readonly pattern: Pattern };
