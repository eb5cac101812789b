/** Keeps the receiving queue on this device up to date now and then, so that the station knows its returns without the line. */
import { knownSession } from '../../shared/staff/session';
import { readAhead } from './known-returns';
import { mayScan } from './rules';
import { scanQueue } from './scan-queue';

const EVERY_MS = 5 * 60_000;
const LOOK_MS = 2_000;
const LONGEST_MS = 120_000;

let isStarted = false;
let readAt = -Infinity;

/** Begins it for this page; harmless when called again. */
export function startReadingAhead(): void {
  if (isStarted) return;
  isStarted = true;
  void look();
}

async function look(): Promise<void> {
  const isDue = performance.now() - readAt > EVERY_MS && scanQueue.standing().hold === null && mayScan(knownSession('staff')?.roles ?? []);
  if (isDue) {
    // One tab at a time; what it reads is there for all. What fails is tried again when it is due.
    await navigator.locks
      .request('backhaul-station-reading-ahead', { ifAvailable: true }, (lock) =>
        lock === null ? undefined : readAhead(AbortSignal.timeout(LONGEST_MS)),
      )
      .catch(() => undefined);
    readAt = performance.now();
  }
  setTimeout(() => void look(), LOOK_MS);
}
