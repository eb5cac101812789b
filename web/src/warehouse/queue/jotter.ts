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

/** Never refused: whoever has the command on the disk must not take it for lost because of the note. */
export function strike(id: string): void {
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    return;
  }
}

/** What this page and others hold so, or one that is gone has left behind, in the order in which it was made. */
export function allJotted(): readonly Jotted[] {
  const jotted = notes().flatMap((text) => (text === null ? [] : [JSON.parse(text) as Jotted]));
  return jotted.toSorted((a, b) => (a.madeAt < b.madeAt ? -1 : 1));
}

function notes(): readonly (string | null)[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => localStorage.getItem(key));
  } catch {
    return [];
  }
}
