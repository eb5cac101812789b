import { Title } from '@mantine/core';
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';

/** The page the browser has loaded announces itself; only pages opened from another one need the focus moved. */
let isFirstPage = true;

/**
 * The page's only h1. Takes the focus when the page is opened from another one, so that readers begin there, and names
 * the browser's tab.
 * @param tab what the tab says; the heading itself unless given
 */
export function PageTitle({ children, tab }: { readonly children: ReactNode; readonly tab: string }): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus();
    isFirstPage = false;
  }, []);
  useEffect(() => {
    document.title = `${tab} · Backhaul`;
  }, [tab]);
  return <Title order={1} size="h2" ref={heading} tabIndex={-1} style={{ overflowWrap: 'anywhere' }}>{children}</Title>;
}
