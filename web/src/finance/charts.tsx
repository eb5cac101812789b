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

/** A small field showing a fill. */
export const Swatch = ({ id }: { readonly id: string }): ReactElement => (
  <svg width="22" height="14" aria-hidden="true" style={{ flexShrink: 0 }}><rect width="22" height="14" fill={`url(#${id})`} stroke="#495057" /></svg>
);
