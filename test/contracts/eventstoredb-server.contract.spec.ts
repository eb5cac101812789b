import { describe, expect, it } from '@jest/globals';
import { EventStoreDbStore } from '../../src/eventing/stores/eventstoredb.store.js';
import { TEST_STREAMS } from '../support/event-builders.js';
import { describeEventStore, eventStoreCases } from './event-store.contract.js';

const url = process.env['EVENTSTORE_URL'];

if (url !== undefined && url !== '') {
  // The log is not emptied before or after: cases use fresh streams and start from the head they find.
  describeEventStore('The EventStoreDB store, against the server at EVENTSTORE_URL', async () => {
    const store = new EventStoreDbStore(url, { streams: TEST_STREAMS });
    let open = store;
    return {
      store,
      async reopen() {
        await open.close();
        open = new EventStoreDbStore(url, { streams: TEST_STREAMS });
        return open;
      },
      dispose: () => open.close(),
    };
  });
} else {
  describe('The EventStoreDB store, against a real server', () => {
    it('was NOT tested in this run: EVENTSTORE_URL is not set (see docker-compose.yml)', () => {
      const names = eventStoreCases.map((storeCase) => storeCase.name);
      // Straight to the terminal, so that no reporter hides it.
      process.stderr.write(
        [
          `\nNOT RUN against a real EventStoreDB, because EVENTSTORE_URL is not set (${names.length} cases):`,
          ...names.map((name) => `  - ${name}`),
          'They ran against the embedded store and the in-process double. To run them against a server:',
          '  docker compose up -d --wait eventstoredb',
          '  EVENTSTORE_URL="esdb://localhost:2113?tls=false" npm run test:eventstoredb\n\n',
        ].join('\n'),
      );
      // What was not run is the whole contract, each case once; a shorter list would hide a gap.
      expect(names.length).toBeGreaterThanOrEqual(24);
      expect(new Set(names).size).toBe(names.length);
    });
  });
}
