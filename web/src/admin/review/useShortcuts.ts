import { useLocalStorage } from '@mantine/hooks';
import { useEffect, useRef } from 'react';

/** Whether keys act, remembered in this browser: single keys must be possible to turn off (WCAG 2.1.4). */
export const useShortcutsSetting = (): [boolean, (isOn: boolean) => void] => {
  const [isOn, setOn] = useLocalStorage({ key: 'review-shortcuts', defaultValue: true, getInitialValueInEffect: false });
  return [isOn, (value) => setOn(value)];
};

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input:not([type=checkbox]), textarea, select, [role=dialog]') !== null);

/** Calls what belongs to a key, unless somebody is writing, a dialog is open or a modifier is held. */
export function useShortcuts(actions: Readonly<Record<string, () => void>>, enabled: boolean): void {
  const current = useRef(actions);
  useEffect(() => {
    current.current = actions;
  });
  useEffect(() => {
    if (!enabled) return undefined;
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isWriting(event.target)) return;
      const action = current.current[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [enabled]);
}
