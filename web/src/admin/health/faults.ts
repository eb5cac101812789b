/** What is wrong with views and processes, in words. Pure. */
import { count } from '../../shared/words/words';

type View = {
  readonly name: string;
  readonly state: string;
  readonly lagSeconds: number;
  readonly error: string | null;
  readonly rebuildError: string | null;
};
type Process = {
  readonly name: string;
  readonly state: string;
  readonly failing: number;
  readonly due: number;
  readonly oldestDueSeconds: number;
};

/** A view further behind than this answers from the past. */
const MOST_LAG_SECONDS = 60;
/** Work that is due is begun within seconds; later than this, something holds it. */
const MOST_WAIT_SECONDS = 300;

function viewFaults({ name, state, lagSeconds, rebuildError }: View): string[] {
  return [
    ...(state === 'failed'
      ? [`The view ${name} has stopped at an event it cannot take. It shows what was known until then. Mend the cause, then rebuild it.`]
      : []),
    ...(state !== 'failed' && lagSeconds > MOST_LAG_SECONDS
      ? [
          `The view ${name} is ${Math.round(lagSeconds)} seconds behind the log: what it shows is that old. If it does not catch up by itself, find out whether the event log answers.`,
        ]
      : []),
    ...(rebuildError === null
      ? []
      : [`The last rebuild of ${name} broke off. The build before it is still in use. Mend the cause, then rebuild it again.`]),
  ];
}

function processFaults({ name, state, failing, due, oldestDueSeconds }: Process): string[] {
  return [
    ...(state === 'stopped'
      ? [`The process ${name} has stopped: nothing of its work is done. Start the service again; its own log says why it stopped.`]
      : []),
    ...(failing > 0
      ? [`${count(failing, 'to-do')} of ${name} failed at the last attempt and will be tried again. The table of processes says why.`]
      : []),
    ...(state !== 'stopped' && due > 0 && oldestDueSeconds > MOST_WAIT_SECONDS
      ? [
          `Work of ${name} has been due for ${Math.round(oldestDueSeconds / 60)} minutes. If it does not begin by itself, start the service again.`,
        ]
      : []),
  ];
}

/** One sentence per fault; none when all is well. */
export const faultsOf = (views: readonly View[], processes: readonly Process[]): readonly string[] => [
  ...views.flatMap(viewFaults),
  ...processes.flatMap(processFaults),
];
