/** The views' side of their thread: runs them, tells how far they are, and does what it is asked. */
import type { MessagePort } from 'node:worker_threads';
import type { ViewOutcome } from './view-comparison.js';
import { REPORT_MS, type ThreadNews, type ThreadRequest, type ToldError } from './view-thread.js';
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
  const now = (): void => tell({ is: 'report', views: views.reports() });
  const stopReporting = report(views, now);
  const leaving = new Map<number, AbortController>();
  port.on('message', (request: ThreadRequest) => {
    if (request.ask === 'stop') {
      stopReporting();
      void views
        .stop()
        .then(close)
        .finally(() => port.close());
    } else if (request.ask === 'leave') leaving.get(request.id)?.abort();
    else obey(views, request, leaving, now, tell);
  });
  tell({ is: 'started' });
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
  const ends = views.reports().map(({ status }) => views.watch(status.name, soon));
  const timer = setInterval(now, REPORT_MS);
  now();
  return () => {
    clearInterval(timer);
    for (const end of ends) end();
  };
}

type Obeyed = Exclude<ThreadRequest, { readonly ask: 'stop' | 'leave' }>;

/**
 * @param leaving what ends the work that is under way, by its id
 * @param now tells how all views are, so that whoever is answered sees what they have begun
 */
function obey(
  views: Views,
  request: Obeyed,
  leaving: Map<number, AbortController>,
  now: () => void,
  tell: (news: ThreadNews) => void,
): void {
  if (request.ask === 'reach') return void views.waitFor(request.view, request.position, request.timeoutMs);
  const { id } = request;
  const left = new AbortController();
  leaving.set(id, left);
  const progressed = (progress: RebuildProgress | number): void => tell({ is: 'progress', id, progress });
  const work = (): Promise<readonly ViewOutcome[] | void> => {
    if (request.ask === 'compare') return views.compare(request.views, progressed, left.signal);
    return request.ask === 'rebuild' ? views.rebuild(request.view, progressed) : views.startRebuild(request.view);
  };
  work()
    .then(
      (result) => {
        now();
        tell({ is: 'done', id, result: result ?? undefined });
      },
      (error: unknown) => tell({ is: 'undone', id, error: told(error) }),
    )
    .finally(() => leaving.delete(id));
}

const told = (error: unknown): ToldError =>
  error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) };
