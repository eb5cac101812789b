/** Filters that live in the address, so that a list can be reloaded, sent to somebody and gone back to. */
import { useSearchParams } from 'wouter';

type Filters<Name extends string> = {
  /** Empty text where a filter is not set. */
  readonly values: Readonly<Record<Name, string>>;
  readonly set: (name: Name, value: string) => void;
};

/** Another filter begins the list anew, so the page's cursor goes. */
export function useFilters<Name extends string>(names: readonly Name[]): Filters<Name> & { readonly cursor: string; readonly setCursor: (cursor: string) => void } {
  const [search, setSearch] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, search.get(name) ?? ''])) as Record<Name, string>;
  const change = (name: string, value: string, isNewList: boolean): void =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (isNewList) next.delete('cursor');
      if (value === '') next.delete(name);
      else next.set(name, value);
      return next;
    }, { replace: isNewList });
  return { values, set: (name, value) => change(name, value, true), cursor: search.get('cursor') ?? '', setCursor: (cursor) => change('cursor', cursor, false) };
}
