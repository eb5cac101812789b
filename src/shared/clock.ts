/** The time of day, handed in so that tests can turn it. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** Whole seconds from an instant (ISO 8601) until now, never negative. @param nowMs epoch milliseconds */
export const secondsSince = (instant: string, nowMs: number): number => Math.max(0, Math.floor((nowMs - Date.parse(instant)) / 1000));

/** The UTC day of an instant, `YYYY-MM-DD`. @param ms epoch milliseconds */
export const utcDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
