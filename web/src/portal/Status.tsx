import { Badge } from '@mantine/core';
import type { ReactElement } from 'react';
import { useWords } from './language';
import type { Return } from './queries';

const COLOURS: Readonly<Partial<Record<Return['status'], string>>> = {
  refunded: '#1b6b2f',
  partially_refunded: '#1b6b2f',
  declined: 'gray.8',
  cancelled: 'gray.8',
  expired: 'gray.8',
  closed: 'gray.8',
  refund_failed: 'red.9',
  refund_blocked: 'red.9',
  refund_in_doubt: 'red.9',
};

/** Where a return is, in two or three words. */
export function Status({ status, size = 'md' }: { readonly status: Return['status']; readonly size?: 'md' | 'lg' }): ReactElement {
  const say = useWords();
  return (
    <Badge variant="filled" color={COLOURS[status] ?? 'spruce'} size={size} tt="none" className="status">
      {say(`status.${status}`)}
    </Badge>
  );
}
