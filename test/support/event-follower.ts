import { expect } from '@jest/globals';

/** A client of the live stream that stays, and comes back with the last id it has seen when its connection breaks. */
export type Followed = { readonly id: string; readonly type: string; readonly streamId: string; readonly revision: number };

export class EventFollower {
  readonly frames: Followed[] = [];
  #left = false;
  #connection = new AbortController();
  readonly #running: Promise<void>;

  /** Follows `url` from the first event of the log. */
  constructor(url: string, token: string) {
    this.#running = this.#run(`${url}/v1/events?after=start`, token);
  }

  /** Breaks the connection; it is made again at once. */
  reconnect(): void {
    this.#connection.abort();
  }

  async leave(): Promise<void> {
    this.#left = true;
    this.#connection.abort();
    await this.#running;
  }

  /** Every event of a log of so many came once, in order, without a gap in any stream. */
  expectWhole(events: number): void {
    expect(this.frames).toHaveLength(events);
    const ids = this.frames.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    const next = new Map<string, number>();
    for (const { streamId, revision } of this.frames) {
      expect([streamId, revision]).toEqual([streamId, next.get(streamId) ?? 0]);
      next.set(streamId, revision + 1);
    }
  }

  async #run(url: string, token: string): Promise<void> {
    while (!this.#left) {
      this.#connection = new AbortController();
      const last = this.frames.at(-1)?.id;
      const headers = { authorization: `Bearer ${token}`, ...(last === undefined ? {} : { 'last-event-id': last }) };
      await this.#read(url, headers, this.#connection.signal).catch(() => undefined);
    }
  }

  async #read(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<void> {
    const response = await fetch(url, { headers, signal });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body!) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        this.#take(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  }

  #take(frame: string): void {
    const [, id] = /^id: (.+)$/m.exec(frame) ?? [];
    const [, data] = /^data: (.+)$/m.exec(frame) ?? [];
    if (id === undefined || data === undefined) return;
    const { type, streamId, revision } = JSON.parse(data) as Omit<Followed, 'id'>;
    this.frames.push({ id, type, streamId, revision });
  }
}
