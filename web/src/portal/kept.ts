/**
 * Small things kept in this browser. Where it keeps nothing (blocked site data, a full store, the browser inside another
 * app) this page keeps them itself: then only a reload forgets them.
 */
export type Kept = {
  /** Null where nothing is kept under that name. */
  readonly get: (name: string) => string | null;
  readonly set: (name: string, text: string) => void;
  readonly remove: (name: string) => void;
  /** Of everything kept. */
  readonly names: () => readonly string[];
};

/** @param storage asked each time, since asking alone may be refused; null in some browsers that have none */
function keptIn(storage: () => Storage | null): Kept {
  const refused = new Map<string, string>();
  const tried = <Answer>(ask: (storage: Storage) => Answer, otherwise: Answer): Answer => {
    try {
      const given = storage();
      return given === null ? otherwise : ask(given);
    } catch {
      return otherwise;
    }
  };
  const takes = (name: string, text: string): boolean =>
    tried((given) => {
      given.setItem(name, text);
      return true;
    }, false);
  return {
    get: (name) => refused.get(name) ?? tried((given) => given.getItem(name), null),
    set: (name, text) => {
      if (takes(name, text)) refused.delete(name);
      else refused.set(name, text);
    },
    remove: (name) => {
      refused.delete(name);
      tried((given) => given.removeItem(name), undefined);
    },
    names: () => [...refused.keys(), ...tried((given) => Object.keys(given), [])],
  };
}

/** As long as this tab is open. */
export const inTab = keptIn(() => sessionStorage);
/** In this browser, for every tab. */
export const inBrowser = keptIn(() => localStorage);
