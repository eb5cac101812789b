/** When other people's services last answered, failed, and told something by themselves; by the id of the provider, since this process began. */
import type { Clock } from './clock.js';

export type HeardOf = {
  /** ISO 8601 UTC each; null: not since this process began. */
  readonly answeredAt: string | null;
  readonly failedAt: string | null;
  /** What went wrong at the last failure, for operators. */
  readonly failure: string | null;
  /** The last webhook. */
  readonly toldAt: string | null;
};

/** A provider, as far as it can be asked whether it lets us in. */
export type Asked = { readonly id: string; whatIsWrong?(): Promise<string | undefined> };

const NOTHING_YET: HeardOf = { answeredAt: null, failedAt: null, failure: null, toldAt: null };
/** Of what a provider says, in characters: an answer may be a whole page. */
export const LONGEST_FAILURE = 300;

export class Heard {
  readonly #byId = new Map<string, HeardOf>();

  constructor(private readonly clock: Clock) {}

  of(id: string): HeardOf {
    return this.#byId.get(id) ?? NOTHING_YET;
  }

  /** It said something of use, be it no. */
  answered(id: string): void {
    this.#note(id, { answeredAt: this.clock().toISOString() });
  }

  failed(id: string, error: unknown): void {
    const words = error instanceof Error ? error.message || error.name : String(error);
    this.#note(id, { failedAt: this.clock().toISOString(), failure: words.slice(0, LONGEST_FAILURE) });
  }

  /**
   * Makes a call and takes note of how it went.
   * @param means what an error says of the provider: it answered, it failed, or neither
   */
  async through<T>(id: string, call: () => Promise<T>, means: (error: unknown) => 'answer' | 'failure' | 'nothing'): Promise<T> {
    try {
      const result = await call();
      this.answered(id);
      return result;
    } catch (error) {
      const meaning = means(error);
      if (meaning === 'answer') this.answered(id);
      if (meaning === 'failure') this.failed(id, error);
      throw error;
    }
  }

  /** Asks one that can tell what is wrong with how it is set up. @returns that in words, undefined where nothing is */
  async lookAt(provider: Asked): Promise<string | undefined> {
    if (provider.whatIsWrong === undefined) return undefined;
    const words = await provider.whatIsWrong();
    if (words === undefined) this.answered(provider.id);
    else this.failed(provider.id, words);
    return words;
  }

  /**
   * A wrong key is told when the service starts, not when it is needed first. The service starts all the same: a provider may be
   * down, and nothing else needs it.
   * @param tell called for each that something is wrong with
   */
  lookAtStart(providers: readonly Asked[], tell: (id: string, words: string) => void): void {
    for (const provider of providers)
      void this.lookAt(provider).then((words) => {
        if (words !== undefined) tell(provider.id, words);
      });
  }

  told(id: string): void {
    this.#note(id, { toldAt: this.clock().toISOString() });
  }

  #note(id: string, news: Partial<HeardOf>): void {
    this.#byId.set(id, { ...this.of(id), ...news });
  }
}
