/** The views' side of their thread: runs them, tells how far they are, and does what it is asked. */
import type { MessagePort } from 'node:worker_threads';
import type { ReadModels } from './read-models.js';
import { REPORT_MS, type ThreadNews, type ThreadRequest, type ToldError } from './view-thread.js';

/**
 * Runs until it is asked to stop.
 * @param close what to let go of then
 */
export async function serveViews(views: ReadModels, port: MessagePort, close: () => Promise<void>): Promise<void> {
  const tell = (news: ThreadNews): void => port.postMessage(news);
  try {
    await views.start({ run: true });
  } catch (error) {
    tell({ is: 'refused', error: told(error) });
    await close();
    port.close();
    return;
  }
  const stopReporting = report(views, tell);
  port.on('message', (request: ThreadRequest) => {
    if (request.ask === 'stop') {
      stopReporting();
      void views
        .stop()
        .then(close)
        .finally(() => port.close());
    } else obey(views, request, tell);
  });
  tell({ is: 'started' });
}

/** At every step of a view, several of one turn together, and in quiet moments, too. @returns how to end that */
function report(views: ReadModels, tell: (news: ThreadNews) => void): () => void {
  let isDue = false;
  const now = (): void => {
    isDue = false;
    tell({ is: 'report', views: views.reports() });
  };
  const soon = (): void => {
    if (!isDue) setImmediate(now);
    isDue = true;
  };
  const ends = views.reports().map(({ status }) => views.watch(status.name, soon));
  const timer = setInterval(now, REPORT_MS);
  now();
  return () => {
    clearInterval(timer);
    for (const end of ends) end();
  };
}

function obey(views: ReadModels, request: Exclude<ThreadRequest, { readonly ask: 'stop' }>, tell: (news: ThreadNews) => void): void {
  if (request.ask === 'reach') return void views.waitFor(request.view, request.position, request.timeoutMs);
  if (request.ask === 'startRebuild') return views.startRebuild(request.view);
  const { ask, view, id } = request;
  const work =
    ask === 'compare'
      ? views.compare(view, (progress) => tell({ is: 'progress', id, progress }))
      : views.rebuild(view, (progress) => tell({ is: 'progress', id, progress })).then(() => undefined);
  work.then(
    (result) => tell({ is: 'done', id, result }),
    (error: unknown) => tell({ is: 'undone', id, error: told(error) }),
  );
}

const told = (error: unknown): ToldError =>
  error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) };
