import { EventStoreDbStore } from '../../src/eventing/stores/eventstoredb.store.js';
import { EventStoreDbDouble } from '../support/eventstoredb-double/eventstoredb-double.js';
import { describeEventStore } from './event-store.contract.js';

describeEventStore('The EventStoreDB store, against the double', async () => {
  const double = await EventStoreDbDouble.start();
  const store = new EventStoreDbStore(double.url, { timeoutMs: 20_000 });
  let open = store;
  return {
    store,
    async reopen() {
      await open.close();
      open = new EventStoreDbStore(double.url, { timeoutMs: 20_000 });
      return open;
    },
    async dispose() {
      await open.close();
      await double.stop();
    },
  };
});
