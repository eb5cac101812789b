/**
 * Holds a command for the few milliseconds until IndexedDB has it: the screen shows a scan at once, and a page that is
 * loaded again in that moment must not lose it. Local storage is written before the call returns.
 */
import type { QueuedCommand } from './commands';

export type Jotted = Omit<QueuedCommand, 'sequence'>;

const PREFIX = 'backhaul-station/';

/** Not noted where local storage is full or switched off: then only those milliseconds are not covered. */
export function jot(made: Jotted): void {
  try {
    localStorage.setItem(PREFIX + made.id, JSON.stringify(made));
  } catch {
    return;
  }
}

export const strike = (id: string): void => localStorage.removeItem(PREFIX + id);

/** What this page and others hold so, or one that is gone has left behind, in the order in which it was made. */
export function allJotted(): readonly Jotted[] {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const jotted = keys.flatMap((key) => {
    const text = localStorage.getItem(key);
    return text === null ? [] : [JSON.parse(text) as Jotted];
  });
  return jotted.toSorted((a, b) => (a.madeAt < b.madeAt ? -1 : 1));
}
