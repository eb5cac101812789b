import { EventStoreDbStore } from '../../src/eventing/stores/eventstoredb.store.js';
import { TEST_STREAMS } from '../support/event-builders.js';
import { EventStoreDbDouble } from '../support/eventstoredb-double/eventstoredb-double.js';
import { changedEventCases } from './event-store.audit-cases.js';
import { describeEventStore } from './event-store.contract.js';

describeEventStore(
  'The EventStoreDB store, against the double',
  async () => {
    const double = await EventStoreDbDouble.start();
    const store = new EventStoreDbStore(double.url, { streams: TEST_STREAMS, timeoutMs: 20_000 });
    let open = store;
    return {
      store,
      async reopen() {
        await open.close();
        open = new EventStoreDbStore(double.url, { streams: TEST_STREAMS, timeoutMs: 20_000 });
        return open;
      },
      async change(streamId: string, revision: number) {
        const data = double.log.stream(streamId)[revision]!.data;
        data[data.indexOf('1'.charCodeAt(0))]! ^= 2;
      },
      async dispose() {
        await open.close();
        await double.stop();
      },
    };
  },
  changedEventCases,
);
