/** The figures of a run, as a table and as JSON. A round's ratios are made within it: a shared machine is faster in one minute than in the next. */
import { ROUTES } from './work.mjs';

const sorted = (list) => [...list].sort((a, b) => a - b);
const median = (list) => (list.includes(null) ? null : sorted(list)[Math.floor(list.length / 2)]);

/** Each figure in every round. */
function series(rounds) {
  const of = (read) => rounds.map(read);
  const ratio = (route) => of(({ routes }) => routes[route].rate / routes.noOp.rate);
  return {
    ofNoOp: { scan: ratio('scan'), filing: ratio('filing') },
    busy: {
      noOp: of(({ routes }) => routes.noOp.busy),
      scan: of(({ routes }) => routes.scan.busy),
      filing: of(({ routes }) => routes.filing.busy),
    },
    views: { perScan: of(({ routes }) => routes.scan.views), perFiling: of(({ routes }) => routes.filing.views) },
    behindSeconds: of(({ routes }) => Math.max(routes.scan.behind, routes.filing.behind)),
    lagP99Ms: of(({ lagP99Ms }) => lagP99Ms),
    rebuildPerSecond: of(({ rebuildPerSecond }) => rebuildPerSecond),
    viewBytesPerLogByte: of(({ sizes: { log, views } }) => (log === null || views === null ? null : views / log)),
    residentMb: of(({ residentMb }) => residentMb),
    readySeconds: of(({ readySeconds }) => readySeconds),
  };
}

const mapped = (tree, leaf) =>
  Array.isArray(tree) ? leaf(tree) : Object.fromEntries(Object.entries(tree).map(([name, branch]) => [name, mapped(branch, leaf)]));

/** Medians; null: not to be told here (views in the request thread, a log that is elsewhere). */
export const figuresOf = (rounds) => mapped(series(rounds), median);

/** Median, with the range where there is more than one round. */
function told(list, digits = 0) {
  if (list.includes(null)) return '–';
  const [least, ...more] = sorted(list).map((value) => value.toFixed(digits));
  return more.length === 0 ? least : `${median(list).toFixed(digits)} (${least}–${more.at(-1)})`;
}

export function print(rounds) {
  const row = (...cells) => console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(19))).join(''));
  row('route', 'per second', 'p50 ms', 'p99 ms', 'of no-op %', 'busy ms', 'views ms', 'CPU ms', 'behind s');
  for (const [route, name] of Object.entries(ROUTES)) {
    const of = (figure) => rounds.map(({ routes }) => routes[route][figure]);
    const ratio = rounds.map(({ routes }) => (100 * routes[route].rate) / routes.noOp.rate);
    const costs = [told(of('busy'), 2), told(of('views'), 2), told(of('cpu'), 2), told(of('behind'), 1)];
    row(name, told(of('rate')), told(of('p50')), told(of('p99')), told(ratio), ...costs);
  }
  const { lagP99Ms, rebuildPerSecond, viewBytesPerLogByte, residentMb, readySeconds } = series(rounds);
  row('');
  row(
    'single client, p50 ms',
    told(
      rounds.map(({ single }) => single.p50),
      1,
    ),
  );
  row(
    'single client, p99 ms',
    told(
      rounds.map(({ single }) => single.p99),
      1,
    ),
  );
  row('p99 lag at 500 commands/s, ms', told(lagP99Ms));
  row('rebuild, log events per second', told(rebuildPerSecond));
  row('bytes of views ÷ bytes of log', told(viewBytesPerLogByte, 2));
  row('resident memory, MB', told(residentMb));
  row('start to ready, s', told(readySeconds, 2));
}
