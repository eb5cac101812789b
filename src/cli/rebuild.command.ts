import { ReadModels } from '../eventing/read-models.js';
import { startProgress } from './progress.js';
import { withApp } from './service.js';

/** `backhaul rebuild [view]`: builds beside the old tables and flips when caught up; Ctrl-C leaves the old ones in use. */
export async function rebuild(view: string | undefined): Promise<void> {
  await withApp({ role: 'api' }, async (app) => {
    const models = app.get(ReadModels);
    const known = models.status().map((status) => status.name);
    if (view !== undefined && !known.includes(view)) throw new Error(`There is no view "${view}"; there are ${known.join(', ')}.`);
    for (const name of view === undefined ? known : [view]) {
      let progress: ReturnType<typeof startProgress> | undefined;
      await models.rebuild(name, ({ eventsSeen, eventsExpected }) => (progress ??= startProgress(name, eventsExpected)).update(eventsSeen));
      progress?.finish();
      process.stdout.write(`${name} is rebuilt.\n`);
    }
  });
}
