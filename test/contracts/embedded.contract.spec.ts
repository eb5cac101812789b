import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../src/eventing/sql/sqlite.js';
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';
import { changedEventCases } from './event-store.audit-cases.js';
import { describeEventStore } from './event-store.contract.js';

describeEventStore(
  'The embedded event store',
  async () => {
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
      async change(streamId: string, revision: number) {
        const file = openSqlite(join(folder, 'log.sqlite'));
        file.prepare(`update events set data = replace(data, '1', '2') where stream_id = ? and revision = ?`).run(streamId, revision);
        file.close();
      },
      async dispose() {
        await open.close();
        await rm(folder, { recursive: true });
      },
    };
  },
  changedEventCases,
);
