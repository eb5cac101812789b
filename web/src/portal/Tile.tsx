import type { ReactElement } from 'react';

/** Dark enough for white letters (4.5 to 1). */
const COLOURS = ['#0b5d57', '#7a3e00', '#4a3aa7', '#8a1c4f', '#1c4f8a', '#4f5d0b'] as const;

/** Stands in for a picture: the first letters of the title, always in the same colour. Says nothing that the title does not. */
export function Tile({ title }: { readonly title: string }): ReactElement {
  const words = title.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const initials = words
    .slice(0, 2)
    .map((word) => word[0]?.toLocaleUpperCase() ?? '')
    .join('');
  const sum = [...title].reduce((total, character) => total + (character.codePointAt(0) ?? 0), 0);
  return (
    <span className="tile" aria-hidden style={{ background: COLOURS[sum % COLOURS.length] }}>
      {initials === '' ? '?' : initials}
    </span>
  );
}
