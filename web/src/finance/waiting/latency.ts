/** What refund latency is asked for, and how its answers are read. Pure but for `readLatency`. */
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { hrefOf, type Params } from '../address';
import { STAGES, valueWords, type Holder, type Stage } from '../words';

export type Group = Schemas['LatencyGroupAnswer'];
export type StageLatency = Schemas['StageLatencyAnswer'];
export type Grouping = Schemas['LatencyAnswer']['groupBy'];

/** What returns are told apart by; also names of parameters. */
export const DIMENSIONS = ['warehouse', 'carrier', 'method', 'reason', 'provider', 'currency'] as const satisfies readonly Grouping[];
export type Dimension = (typeof DIMENSIONS)[number];
export const PERIODS = ['day', 'week', 'month'] as const satisfies readonly Grouping[];

/** Parameters that narrow every latency page alike, kept from page to page. */
export const FILTERS = ['from', 'to', ...DIMENSIONS] as const;
export type Filters = Partial<Record<(typeof FILTERS)[number], string>>;

/** The report, of one stage or of all. */
export function readLatency(filters: Filters, groupBy: Grouping, stage?: Stage): Promise<Schemas['LatencyAnswer']> {
  return answerOf(
    staffApi.GET('/v1/finance/refund-latency', { params: { query: { ...filters, groupBy, ...(stage === undefined ? {} : { stage }) } } }),
  );
}

export const latencyCsv = (filters: Filters, groupBy: Grouping, stage?: Stage): string =>
  hrefOf('/v1/finance/refund-latency', { ...filters, groupBy, stage });

/** Where the returns behind a number are shown. */
export const behind = (
  filters: Filters,
  number: { readonly stage: Stage; readonly groupBy: Grouping; readonly key: string; readonly state: 'completed' | 'open' },
): string => {
  const { groupBy, key, ...rest } = number;
  const group: Params = groupBy === 'none' ? {} : { by: groupBy, key };
  return hrefOf('/finance/latency/returns', { ...filters, ...group, ...rest });
};

export const stageOf = (group: Group | undefined, stage: Stage): StageLatency | undefined =>
  group?.stages.find((each) => each.stage === stage);

/** The groups that have cases of the stage, named. */
export const rowsOf = (groups: readonly Group[], stage: Stage, by: Grouping) =>
  groups.flatMap((group) => {
    const latency = stageOf(group, stage);
    return latency === undefined ? [] : [{ id: group.key, key: group.key, name: valueWords(by, group.key), latency }];
  });

/** Stages in which customers have waited or wait, in the order of the way. */
export const STEPS: readonly Stage[] = STAGES.filter((stage) => stage !== 'total');

/** Waiting time of one group by stage, for one bar of a stack. Seconds. */
export function barOf(group: Group): Readonly<Record<string, number | string>> {
  return { key: group.key, ...Object.fromEntries(STEPS.map((stage) => [stage, stageOf(group, stage)?.sumSeconds ?? 0])) };
}

type Share = { readonly holder: Holder; readonly seconds: number };

/** Who held it while customers waited in completed stages, the longest first. Seconds. */
export function sharesOf(group: Group): Share[] {
  const seconds = new Map<Holder, number>();
  for (const { holder, sumSeconds } of group.stages) if (holder !== null) seconds.set(holder, (seconds.get(holder) ?? 0) + sumSeconds);
  return [...seconds].map(([holder, sum]) => ({ holder, seconds: sum })).sort((left, right) => right.seconds - left.seconds);
}
