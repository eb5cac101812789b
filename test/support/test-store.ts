/** The real embedded log in a folder of its own, with its calls counted and faults on request. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Appended, EventBatch, EventStore, ExpectedRevision, NewEvent, RecordedEvent } from '../../src/eventing/event-store.js';
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';

/** A fresh folder for one test, to be removed at its end. */
export async function testFolder(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'backhaul-test-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export type TestStore = { readonly store: WatchedStore; readonly folder: string; readonly dispose: () => Promise<void> };

export async function testStore(): Promise<TestStore> {
  const { folder, remove } = await testFolder();
  const store = new WatchedStore(EmbeddedEventStore.open(join(folder, 'log')));
  return {
    store,
    folder,
    dispose: async () => {
      await store.close();
      await remove();
    },
  };
}

/** Passes everything on to a store, counts, and fails when told to. */
export class WatchedStore implements EventStore {
  appends = 0;
  reads = 0;
  #faults: { readonly error: Error; readonly written: boolean }[] = [];
  /** Runs before an append reaches the store, e.g. to let another writer win. */
  beforeAppend: (() => Promise<void>) | undefined;
  /** Every batch comes a second time, as after a dropped subscription. */
  deliversTwice = false;

  constructor(private readonly inner: EventStore) {}

  /** The next append fails with `error`; `written`: after it was written (the reply is lost), else before. */
  failNextAppend(error: Error, written: boolean): void {
    this.#faults.push({ error, written });
  }

  async append(streamId: string, events: readonly NewEvent[], expected: ExpectedRevision, deadline?: number): Promise<Appended> {
    this.appends += 1;
    const before = this.beforeAppend;
    this.beforeAppend = undefined;
    await before?.();
    const fault = this.#faults.shift();
    if (fault !== undefined && !fault.written) throw fault.error;
    const appended = await this.inner.append(streamId, events, expected, deadline);
    if (fault !== undefined) throw fault.error;
    return appended;
  }

  async count(): Promise<number> {
    return (await this.inner.count?.()) ?? 0;
  }

  readStream(...from: Parameters<EventStore['readStream']>): Promise<readonly RecordedEvent[]> {
    this.reads += 1;
    return this.inner.readStream(...from);
  }

  async *subscribe(...from: Parameters<EventStore['subscribe']>): AsyncGenerator<EventBatch, void, void> {
    for await (const batch of this.inner.subscribe(...from)) {
      yield batch;
      if (this.deliversTwice) yield batch;
    }
  }

  /** Undefined: builds read the log in its order. */
  streams: EventStore['streams'] = (...from) => this.inner.streams!(...from);
  identity = () => this.inner.identity();
  head = () => this.inner.head();
  audit = (...options: Parameters<EventStore['audit']>) => this.inner.audit(...options);
  close = () => this.inner.close();
}
