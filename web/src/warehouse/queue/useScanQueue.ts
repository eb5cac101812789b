/** What the station's screens see of the queue. */
import { useEffect, useSyncExternalStore } from 'react';
import type { CountedCommand, Outcome, QueuedCommand } from './commands';
import type { NothingKept } from './nothing-kept';
import { startReadingAhead } from './read-ahead';
import { scanQueue } from './scan-queue';
import type { Hold } from './sender';
import type { Conflict } from './store';

export type { Conflict } from './store';

export type ScanQueue = {
  /** Resolves when the command is durably on this device's disk; rejects when the disk refuses it, then nothing is kept. */
  readonly enqueue: (counted: CountedCommand) => Promise<QueuedCommand>;
  /** Commands in this browser, of all its tabs, that the service has not answered yet. */
  readonly waiting: number;
  /** How many of them another person made, who is not signed in; they wait for that person, or until they are taken over. */
  readonly ofOthers: number;
  readonly takeOver: () => Promise<void>;
  readonly isOnline: boolean;
  /** What keeps the queue from moving: the line, that nobody is signed in who may scan, or this device. */
  readonly hold: Hold;
  /** Why nothing can be taken in here, if so. */
  readonly nothingKept: NothingKept | null;
  /** Kept until `settle`. */
  readonly conflicts: readonly Conflict[];
  readonly settle: (queuedId: string) => Promise<void>;
  /** Every outcome while this page is open, also of commands of other tabs. Ends when the returned function is called. */
  readonly onOutcome: (listener: (outcome: Outcome) => void) => () => void;
  /** Tries now; for whoever notices that the line is back. */
  readonly wake: () => void;
};

export function useScanQueue(): ScanQueue {
  const { waiting, ofOthers, conflicts, hold, nothingKept } = useSyncExternalStore(scanQueue.watch, scanQueue.standing);
  useEffect(() => {
    scanQueue.start();
    startReadingAhead();
  }, []);
  const { enqueue, settle, takeOver, onOutcome, wake } = scanQueue;
  return { enqueue, settle, takeOver, onOutcome, wake, waiting, ofOthers, conflicts, hold, nothingKept, isOnline: hold !== 'offline' };
}
