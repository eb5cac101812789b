import { Badge } from '@mantine/core';
import type { ReactElement } from 'react';
import { plain, toneOf } from '../words/words';

/** A status or state in words, with a dot in its colour. */
export const StatusBadge = ({ code, size }: { readonly code: string; readonly size?: 'sm' | 'md' | 'lg' }): ReactElement => (
  <Badge variant="dot" color={toneOf(code)} size={size ?? 'md'} tt="none" fw={600} miw="max-content">
    {plain(code)}
  </Badge>
);
