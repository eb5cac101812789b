/**
 * What all charts share: colours that people with any colour vision tell apart (Okabe and Ito), patterns so that colour
 * is never the only difference, and no movement.
 */
import { Group, Text } from '@mantine/core';
import type { ReactElement } from 'react';

export const COLOURS = { blue: '#0072B2', vermilion: '#D55E00', green: '#007A5A', purple: '#8A3D73', orange: '#B87700', black: '#212529' } as const;

/** The table beside each chart is what keyboards and screen readers use, so the picture itself takes no focus. */
export const STILL = {
  line: { lineProps: { isAnimationActive: false }, lineChartProps: { accessibilityLayer: false } },
  bar: { barProps: { isAnimationActive: false }, barChartProps: { accessibilityLayer: false } },
} as const;

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
const STEPS = [0.01, 0.05, 0.1, 0.25, 1, 5, 15, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 20 * DAY, 50 * DAY, 100 * DAY, 200 * DAY, 500 * DAY, 1000 * DAY];
const MOST_TICKS = 6;

/** Where an axis of durations is marked, in seconds: from 0 to at least the longest, in steps people count in. */
export function timeTicks(longest: number): number[] {
  const step = STEPS.find((each) => longest / each <= MOST_TICKS) ?? longest / MOST_TICKS;
  return Array.from({ length: Math.max(1, Math.ceil(longest / step)) + 1 }, (_, index) => index * step);
}

export const PATTERNS = ['plain', 'slanted', 'dotted', 'crossed', 'lying', 'backslanted', 'standing'] as const;
export type Pattern = (typeof PATTERNS)[number];

const LINES: Readonly<Record<Pattern, ReactElement | null>> = {
  plain: null,
  slanted: <path d="M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6" stroke="#fff" strokeWidth="2" />,
  backslanted: <path d="M-2 6 L2 10 M0 0 L8 8 M6 -2 L10 2" stroke="#fff" strokeWidth="2" />,
  dotted: <circle cx="4" cy="4" r="1.8" fill="#fff" />,
  crossed: <path d="M0 0 L8 8 M8 0 L0 8" stroke="#fff" strokeWidth="1.5" />,
  lying: <path d="M0 4 L8 4" stroke="#fff" strokeWidth="2" />,
  standing: <path d="M4 0 L4 8" stroke="#fff" strokeWidth="2" />,
};

export type Fill = { readonly id: string; readonly colour: string; readonly pattern: Pattern };

/** Definitions for `fill="url(#id)"`; to be put inside an SVG of the page. */
export const Fills = ({ fills }: { readonly fills: readonly Fill[] }): ReactElement => (
  <defs>
    {fills.map(({ id, colour, pattern }) => (
      <pattern key={id} id={id} width="8" height="8" patternUnits="userSpaceOnUse">
        <rect width="8" height="8" fill={colour} />
        {LINES[pattern]}
      </pattern>
    ))}
  </defs>
);

/** What each fill of a chart stands for. */
export const ChartKey = ({ entries }: { readonly entries: readonly (Pick<Fill, 'id'> & { readonly name: string })[] }): ReactElement => (
  <Group gap="md" my={4}>
    {entries.map(({ id, name }) => <Group key={id} gap={6} wrap="nowrap"><Swatch id={id} /><Text size="sm">{name}</Text></Group>)}
  </Group>
);

type LineSeries = { readonly name: string; readonly label: string; readonly color: string; readonly strokeDasharray?: string };

/** What each line of a chart stands for, drawn as it is drawn there. */
export const LineKey = ({ series }: { readonly series: readonly LineSeries[] }): ReactElement => (
  <Group gap="md" mb="xs">
    {series.map(({ name, label, color, strokeDasharray }) => (
      <Group key={name} gap={6} wrap="nowrap">
        <svg width="34" height="14" aria-hidden="true"><line x1="0" x2="34" y1="7" y2="7" stroke={color} strokeWidth="3" strokeDasharray={strokeDasharray} /></svg>
        <Text size="sm">{label}</Text>
      </Group>
    ))}
  </Group>
);

/** A small field showing a fill. */
export const Swatch = ({ id }: { readonly id: string }): ReactElement => (
  <svg width="22" height="14" aria-hidden="true" style={{ flexShrink: 0 }}><rect width="22" height="14" fill={`url(#${id})`} stroke="#495057" /></svg>
);
