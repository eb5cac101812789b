/** The views' side of their thread: runs them, tells how far they are, and does what it is asked. */
import type { MessagePort } from 'node:worker_threads';
import type { ViewOutcome } from './view-comparison.js';
import { REPORT_MS, type Task, type ThreadNews, type ThreadRequest, type ToldError } from './view-thread.js';
import type { RebuildProgress } from './view.js';
import type { Views } from './views.js';

/**
 * Runs until it is asked to stop.
 * @param close what to let go of then
 */
export async function serveViews(views: Views, port: MessagePort, close: () => Promise<void>): Promise<void> {
  const tell = (news: ThreadNews): void => port.postMessage(news);
  try {
    await views.start({ run: true });
  } catch (error) {
    tell({ is: 'refused', error: told(error) });
    await close();
    port.close();
    return;
  }
  const now = (): void => tell({ is: 'report', views: views.status() });
  const stopReporting = report(views, now);
  const leaving = new Map<number, AbortController>();
  const obey = async (task: Task & { readonly id: number }): Promise<void> => {
    const { id } = task;
    const left = new AbortController();
    leaving.set(id, left);
    try {
      const result = await perform(views, task, (progress) => tell({ is: 'progress', id, progress }), left.signal);
      // Whoever is answered sees what they have begun.
      now();
      tell({ is: 'done', id, result });
    } catch (error) {
      tell({ is: 'undone', id, error: told(error) });
    } finally {
      leaving.delete(id);
    }
  };
  port.on('message', (request: ThreadRequest) => {
    if (request.ask === 'reach') void views.waitFor(request.view, request.position, request.timeoutMs);
    else if (request.ask === 'leave') leaving.get(request.id)?.abort();
    else if (request.ask !== 'stop') void obey(request);
    else {
      stopReporting();
      void views
        .stop()
        .then(close)
        .finally(() => port.close());
    }
  });
  tell({ is: 'started' });
}

async function perform(
  views: Views,
  task: Task,
  onProgress: (progress: RebuildProgress | number) => void,
  signal: AbortSignal,
): Promise<readonly ViewOutcome[] | undefined> {
  if (task.ask === 'compare') return views.compare(task.views, onProgress, signal);
  await (task.ask === 'rebuild' ? views.rebuild(task.view, onProgress) : views.startRebuild(task.view));
  return undefined;
}

/** At every step of a view, several of one turn together, and in quiet moments, too. @returns how to end that */
function report(views: Views, now: () => void): () => void {
  let isDue = false;
  const soon = (): void => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      now();
    });
  };
  const ends = views.status().map(({ name }) => views.watch(name, soon));
  const timer = setInterval(now, REPORT_MS);
  now();
  return () => {
    clearInterval(timer);
    for (const end of ends) end();
  };
}

const told = (error: unknown): ToldError =>
  error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) };
