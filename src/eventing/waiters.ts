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
    try {
      return await new Promise<boolean>((resolve) => {
        const settle = (held: boolean): void => {
          clearTimeout(timer);
          stopWatching();
          resolve(held);
        };
        const look = (): void => {
          if (condition()) settle(true);
          else if (ended()) settle(false);
        };
        const timer = setTimeout(() => settle(condition()), Math.min(timeoutMs, 2 ** 31 - 1));
        const stopWatching = this.watch(look);
        // Ends a rest under way; not at once, since whoever asks may be watching, too.
        queueMicrotask(() => this.notify());
      });
    } finally {
      this.#waiting -= 1;
    }
  }

  /** @returns true as soon as somebody waits or `isOver`, false after `milliseconds` of quiet */
  async disturbed(milliseconds: number, isOver: () => boolean): Promise<boolean> {
    const hurried = (): boolean => this.#waiting > 0 || isOver();
    if (hurried()) return true;
    return new Promise<boolean>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stopWatching();
        resolve(hurried());
      };
      const timer = setTimeout(end, milliseconds);
      const stopWatching = this.watch(() => {
        if (hurried()) end();
      });
    });
  }
}
