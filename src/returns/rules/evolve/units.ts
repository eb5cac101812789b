import type { ReturnState, ReturnUnit } from '../returns.state.js';

/** The return with `change` applied to the named units of one line; everything else is shared with `ret`. */
export function changeUnits(
  ret: ReturnState,
  lineId: string,
  units: readonly number[],
  change: (unit: ReturnUnit) => ReturnUnit,
): ReturnState {
  const index = ret.lines.findIndex((line) => line.lineId === lineId);
  const line = ret.lines[index];
  if (line === undefined || units.length === 0) return ret;
  const named = new Set(units);
  const changed = { ...line, units: line.units.map((unit) => (named.has(unit.unit) ? change(unit) : unit)) };
  return { ...ret, lines: ret.lines.with(index, changed) };
}

/** The return with `change` applied to every unit; lines in which nothing changes are shared. */
export function changeAllUnits(ret: ReturnState, change: (unit: ReturnUnit) => ReturnUnit): ReturnState {
  const lines = ret.lines.map((line) => {
    const units = line.units.map(change);
    return units.every((unit, index) => unit === line.units[index]) ? line : { ...line, units };
  });
  return { ...ret, lines };
}

/** The earlier of two ISO instants; a milestone keeps the first time it was reached, whatever order the news came in. */
export const earliest = (known: string | null, at: string): string => (known === null || Date.parse(at) < Date.parse(known) ? at : known);
