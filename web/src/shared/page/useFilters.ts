import { useCallback } from 'react';
import { useSearchParams } from 'wouter';
import { changed, type Wanted } from './filters';

/** `replace`: while somebody types, so that not every letter is a step to go back. */
export type ChangeFilters<Name extends string> = (wanted: Wanted<Name>, how?: { readonly replace: boolean }) => void;

/** The address's parameters of these names as far as they are given, and how to change some of them. */
export function useFilters<Name extends string>(names: readonly Name[]): readonly [Partial<Record<Name, string>>, ChangeFilters<Name>] {
  const [search, setSearch] = useSearchParams();
  const values: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = search.get(name);
    if (value !== null && value !== '') values[name] = value;
  }
  const change = useCallback<ChangeFilters<Name>>((wanted, how) => setSearch((before) => changed(before, wanted), how), [setSearch]);
  return [values, change];
}
