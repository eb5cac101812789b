/** Where the service under test may keep its log: what holds on one must hold on the other. */
import { EventStoreDbDouble } from './eventstoredb-double/eventstoredb-double.js';

export type Log = {
  /** Settings that make the service use it. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
};

export const LOGS: readonly { readonly log: string; readonly open: () => Promise<Log> }[] = [
  { log: 'the embedded log', open: async () => ({ env: {}, stop: async () => {} }) },
  {
    log: 'EventStoreDB',
    open: async () => {
      const double = await EventStoreDbDouble.start();
      return { env: { EVENTSTORE_URL: double.url }, stop: () => double.stop() };
    },
  },
];
