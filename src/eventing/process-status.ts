/** What processes are told, and tell, about their work. */
/** A line for the log; ids and codes only. */
export type ProcessLogEntry = {
  readonly process: string;
  readonly event: 'attempt_failed' | 'still_owed_after_recording' | 'look_failed' | 'stopped_before_recording';
  readonly key?: string;
  readonly attempt?: number;
  readonly retryInMs?: number;
  readonly error?: string;
};

export type ProcessOptions = {
  readonly now?: () => number;
  readonly log?: (entry: ProcessLogEntry) => void;
  /** Pause after the first failure, in milliseconds; doubles with each, with jitter. 500 unless said otherwise. */
  readonly backOffMs?: number;
  /** Longest pause, in milliseconds; five minutes unless said otherwise. */
  readonly longestBackOffMs?: number;
};

export type ProcessStatus = {
  readonly name: string;
  /** `waiting`: its to-do view has not yet reached what the log held at the start. */
  readonly state: 'waiting' | 'running' | 'stopped';
  readonly pending: number;
  readonly due: number;
  readonly inFlight: number;
  /** To-dos whose last attempt failed. */
  readonly failing: number;
  /** Of the to-do that is due longest; 0 when none is. */
  readonly oldestDueSeconds: number;
  /** Of the latest failed attempt that has not been made good. */
  readonly lastError: string | null;
};
