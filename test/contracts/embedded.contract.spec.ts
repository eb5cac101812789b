import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';
import { describeEventStore } from './event-store.contract.js';

describeEventStore('The embedded event store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'backhaul-log-'));
  const store = EmbeddedEventStore.open(folder);
  let open = store;
  return {
    store,
    async reopen() {
      await open.close();
      open = EmbeddedEventStore.open(folder);
      return open;
    },
    async dispose() {
      await open.close();
      await rm(folder, { recursive: true });
    },
  };
});
