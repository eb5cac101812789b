/** The thread that keeps the views up to date: see `ViewThread`. */
import { parentPort, workerData } from 'node:worker_threads';
import { openViewDatabase } from './eventing/sql/database.js';
import { readSharedLog, type SharedLog } from './eventing/stores/embedded.reader.js';
import { EventCatalogue } from './eventing/upcasting.js';
import { serveViews } from './eventing/view-worker.js';
import { Views } from './eventing/views.js';
import { registerEvents, registerViews } from './view-registry.js';

/** What the thread is begun with. */
export type ViewWorkerData = { readonly dataDir: string; readonly log: SharedLog };

async function run({ dataDir, log }: ViewWorkerData): Promise<void> {
  if (parentPort === null) throw new Error('This file is a thread of the service and does nothing alone');
  const reader = readSharedLog(log);
  const database = openViewDatabase(dataDir);
  const catalogue = new EventCatalogue();
  registerEvents(catalogue);
  const views = new Views(reader, database, catalogue);
  registerViews(views);
  await serveViews(views, parentPort, async () => {
    reader.close();
    await database.close();
  });
}

await run(workerData as ViewWorkerData);
