import { Title } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { usePageHeading } from './usePageHeading';

/** The only h1 of a staff page. @param tab what the browser's tab says before the name of the service */
export function PageTitle({ children, tab }: { readonly children: ReactNode; readonly tab: string }): ReactElement {
  const heading = usePageHeading(`${tab} · Backhaul`);
  return (
    <Title order={1} size="h2" ref={heading} tabIndex={-1} style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Title>
  );
}
