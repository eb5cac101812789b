import { useEffect, useRef, type RefObject } from 'react';

/** The page a browser opens keeps its own focus; those that follow begin at their heading. */
let isFirstPage = true;

/**
 * For a page's only h1: a page or step that is opened from another one begins at its top, with the focus on the heading,
 * so that screen readers begin to read there.
 * @param tab what the browser's tab says
 */
export function usePageHeading(tab: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirstPage) {
      heading.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    isFirstPage = false;
  }, []);
  useEffect(() => {
    document.title = tab;
  }, [tab]);
  return heading;
}
