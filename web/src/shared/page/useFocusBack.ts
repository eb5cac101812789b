import { useEffect, useState } from 'react';

const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body;
const toHeading = (): void => document.querySelector('h1')?.focus();

/**
 * For what is shown over the page and takes the focus: gives it back to what had it, once this component is gone. Where
 * that is gone too, at once or because what was asked for has been done, the page's heading gets it. Whoever has taken
 * the focus meanwhile keeps it.
 */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (!isLost()) return;
      if (!(before instanceof HTMLElement) || !before.isConnected) return toHeading();
      before.focus();
      const watch = new MutationObserver(() => {
        if (before.isConnected) return;
        watch.disconnect();
        if (isLost()) toHeading();
      });
      watch.observe(document.body, { childList: true, subtree: true });
      document.addEventListener('focusin', () => watch.disconnect(), { once: true });
    },
    [before],
  );
}
