/** The moments of a return's life that a slider steps over. Pure. */

type Item = { readonly recordedAt: string; readonly revision: number; readonly words: string };

/** What became known at once: the events of one command have one time. */
export type Moment = { readonly at: string; readonly revision: number; readonly words: string };

/** One moment for each time at which something became known, oldest first. */
export function momentsOf(items: readonly Item[]): readonly Moment[] {
  const moments: Moment[] = [];
  for (const { recordedAt, revision, words } of items) {
    const last = moments.at(-1);
    if (last !== undefined && recordedAt <= last.at)
      moments[moments.length - 1] = { at: last.at, revision, words: `${last.words} ${words}` };
    else moments.push({ at: recordedAt, revision, words });
  }
  return moments;
}

/**
 * Which moment an `asOf` shows: the last one not after it.
 * @returns index; the last one without `asOf`, -1 before the first
 */
export function momentAt(moments: readonly Moment[], asOf: string | null): number {
  if (asOf === null) return moments.length - 1;
  const at = Date.parse(asOf);
  return moments.findLastIndex((moment) => Date.parse(moment.at) <= at);
}
