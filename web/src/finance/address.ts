/** What is shown is said by the address, so that it can be kept, sent and reloaded. */
import { decoded } from '../shared/page/address';

export type Params = Readonly<Record<string, string | undefined>>;

/** `path` with those parameters that have a value. */
export function hrefOf(path: string, params: Params = {}): string {
  const given = Object.entries(params).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]]));
  const query = new URLSearchParams(given).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** One of the allowed values, or the one to fall back to. */
export const oneOf = <Value extends string>(allowed: readonly Value[], value: string | undefined, fallback: Value): Value =>
  allowed.find((each) => each === value) ?? fallback;

/** An identifier as one step of a path. */
export const step = (id: string): string => encodeURIComponent(id);
/** The identifier in a step of a path. */
export const idIn = (pathStep: string | undefined): string => decoded(pathStep ?? '');
