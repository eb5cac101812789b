/** Those who follow the progress of views, and those among them who wait for it: while there are any, nobody rests. */
export class Waiters {
  readonly #watchers = new Set<() => void>();
  #waiting = 0;

  /** Calls `listener` at every step; returns how to end that. */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  /** There was a step, or somebody came to wait. */
  notify(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /**
   * Waits until `condition` holds, looking at every step.
   * @param ended nothing will come any more
   * @returns false when it did not within `timeoutMs`, or cannot any more
   */
  async until(condition: () => boolean, timeoutMs: number, ended: () => boolean): Promise<boolean> {
    if (condition()) return true;
    if (timeoutMs <= 0 || ended()) return false;
    this.#waiting += 1;
    // Ends a rest under way; not at once, since whoever asks may be watching, too.
    queueMicrotask(() => this.notify());
    await this.#stepAt(() => condition() || ended(), timeoutMs);
    this.#waiting -= 1;
    return condition();
  }

  /** @returns true as soon as somebody waits or `isOver`, false after `milliseconds` of quiet */
  async disturbed(milliseconds: number, isOver: () => boolean): Promise<boolean> {
    const hurried = (): boolean => this.#waiting > 0 || isOver();
    if (!hurried()) await this.#stepAt(hurried, milliseconds);
    return hurried();
  }

  /** The first step at which `condition` holds, at the latest after `milliseconds`. */
  #stepAt(condition: () => boolean, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stopWatching();
        resolve();
      };
      const timer = setTimeout(end, Math.min(milliseconds, 2 ** 31 - 1));
      const stopWatching = this.watch(() => condition() && end());
    });
  }
}
