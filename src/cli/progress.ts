/** Progress of long work: a bar on a terminal, a plain line now and then elsewhere (logs, CI). */
import { Presets, SingleBar } from 'cli-progress';

export type Progress = {
  /** `done` of the total given at the start. */
  readonly update: (done: number) => void;
  readonly finish: () => void;
};

const LINES_PER_TASK = 4;

/** Starts showing `label`; `total` in whatever unit the work is counted. */
export function startProgress(label: string, total: number): Progress {
  return process.stderr.isTTY ? bar(label, total) : lines(label, total);
}

function bar(label: string, total: number): Progress {
  const single = new SingleBar(
    { format: `${label.padEnd(26)} {bar} {value}/{total}  {duration_formatted}`, hideCursor: true, stream: process.stderr },
    Presets.shades_grey,
  );
  single.start(total, 0);
  return { update: (done) => single.update(done), finish: () => single.stop() };
}

function lines(label: string, total: number): Progress {
  let shown = 0;
  const show = (done: number): void => {
    process.stderr.write(`${label}: ${done}/${total}\n`);
    shown = done;
  };
  return {
    update: (done) => {
      if (done < total && done - shown >= total / LINES_PER_TASK) show(done);
    },
    finish: () => show(total),
  };
}
