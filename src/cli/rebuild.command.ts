import { Views } from '../eventing/views.js';
import { startProgress } from './progress.js';
import { withApp } from './service.js';

/** `backhaul rebuild [view]`: builds beside the old tables and flips when caught up; Ctrl-C leaves the old ones in use. All views share the pass over the log. */
export async function rebuild(view: string | undefined): Promise<void> {
  await withApp({ role: 'api' }, async (app) => {
    const models = app.get(Views);
    const known = models.status().map((status) => status.name);
    if (view !== undefined && !known.includes(view)) throw new Error(`There is no view "${view}"; there are ${known.join(', ')}.`);
    let progress: ReturnType<typeof startProgress> | undefined;
    const seen = new Map<string, number>();
    const names = view === undefined ? known : [view];
    await Promise.all(
      names.map((name) =>
        models.rebuild(name, ({ eventsSeen, eventsExpected }) => {
          seen.set(name, eventsSeen);
          progress ??= startProgress(view ?? `${names.length} views`, eventsExpected);
          progress.update(Math.min(...seen.values()));
        }),
      ),
    );
    progress?.finish();
    for (const name of names) process.stdout.write(`${name} is rebuilt.\n`);
  });
}
