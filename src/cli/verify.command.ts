import type { EventStore } from '../eventing/event-store.js';
import { ReadModels } from '../eventing/read-models.js';
import { verify as verifyEverything } from '../finance/verify.js';
import { EVENT_STORE } from '../shared/tokens.js';
import { startProgress } from './progress.js';
import { withApp } from './service.js';


/** `backhaul verify`: says what differs, a line each, and exits with 1 if anything does. Sends and pays nothing. */
export async function verify(): Promise<void> {
  await withApp({ role: 'api' }, async (app) => {
    const store = app.get<EventStore>(EVENT_STORE);
    const readModels = app.get(ReadModels);
    const steps = new Map<string, ReturnType<typeof startProgress>>();
    const total = { events: 0 };
    const { log, views, differences } = await verifyEverything(store, readModels, {
      onProgress: (what, events) => {
        total.events = Math.max(total.events, events);
        const step = steps.get(what) ?? startProgress(what, total.events);
        steps.set(what, step);
        step.update(events);
      },
    });
    for (const step of steps.values()) step.finish();
    for (const { streamId, returnId, words } of differences) process.stdout.write(`${returnId ?? streamId ?? 'log'}: ${words}\n`);
    process.stdout.write(
      `${log.events} events in ${log.streams} streams: ${log.orders} orders, ${log.returns} returns, ${log.refunds} refunds; ${views.length} views compared\n`,
    );
    process.stdout.write(differences.length === 0 ? 'no differences\n' : `${differences.length} differences\n`);
    if (differences.length > 0) process.exitCode = 1;
  });
}
