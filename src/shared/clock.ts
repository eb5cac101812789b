/** The time of day, handed in so that tests can turn it. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** The UTC day of an instant, `YYYY-MM-DD`. @param ms epoch milliseconds */
export const utcDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
