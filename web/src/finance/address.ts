/** What is shown is said by the address, so that it can be kept, sent and reloaded. */
import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

export type Params = Readonly<Record<string, string | undefined>>;

/** `path` with those parameters that have a value. */
export function hrefOf(path: string, params: Params = {}): string {
  const given = Object.entries(params).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]]));
  const query = new URLSearchParams(given).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** The address's parameters of these names, and how to change some of them (undefined or '' takes one out). */
export function useFilters<Name extends string>(names: readonly Name[]): readonly [Partial<Record<Name, string>>, (change: Partial<Record<Name, string | undefined>>) => void] {
  const [search, setSearch] = useSearchParams();
  const values: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = search.get(name);
    if (value !== null && value !== '') values[name] = value;
  }
  const change = useCallback(
    (wanted: Partial<Record<Name, string | undefined>>) =>
      setSearch((before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries<string | undefined>(wanted)) {
          if (value === undefined || value === '') after.delete(name);
          else after.set(name, value);
        }
        return after;
      }),
    [setSearch],
  );
  return [values, change];
}

/** One of the allowed values, or the one to fall back to. */
export const oneOf = <Value extends string>(allowed: readonly Value[], value: string | undefined, fallback: Value): Value =>
  allowed.find((each) => each === value) ?? fallback;

/** The instant an address names; undefined where it names none. */
export const instantIn = (text: string | undefined): string | undefined => (text === undefined || Number.isNaN(Date.parse(text)) ? undefined : text);

/** An identifier as one step of a path. */
export const step = (id: string): string => encodeURIComponent(id);
/** The identifier in a step of a path. */
export const idIn = (pathStep: string | undefined): string => decodeURIComponent(pathStep ?? '');
