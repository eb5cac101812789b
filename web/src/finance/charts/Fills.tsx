import type { ReactElement } from 'react';
import type { Fill, Pattern } from './charts';

const LINES: Readonly<Record<Pattern, ReactElement | null>> = {
  plain: null,
  slanted: <path d="M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6" stroke="#fff" strokeWidth="2" />,
  backslanted: <path d="M-2 6 L2 10 M0 0 L8 8 M6 -2 L10 2" stroke="#fff" strokeWidth="2" />,
  dotted: <circle cx="4" cy="4" r="1.8" fill="#fff" />,
  crossed: <path d="M0 0 L8 8 M8 0 L0 8" stroke="#fff" strokeWidth="1.5" />,
  lying: <path d="M0 4 L8 4" stroke="#fff" strokeWidth="2" />,
  standing: <path d="M4 0 L4 8" stroke="#fff" strokeWidth="2" />,
};

/** Definitions for `fill="url(#id)"`; to be put inside an SVG of the page. */
export function Fills({ fills }: { readonly fills: readonly Fill[] }): ReactElement {
  return (
    <defs>
      {fills.map(({ id, colour, pattern }) => (
        <pattern key={id} id={id} width="8" height="8" patternUnits="userSpaceOnUse">
          <rect width="8" height="8" fill={colour} />
          {LINES[pattern]}
        </pattern>
      ))}
    </defs>
  );
}
