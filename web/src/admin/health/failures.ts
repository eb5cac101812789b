/** What processes do, and why an attempt of theirs failed, for people: what happened and what to do. Pure. */

type Process = { readonly does: string; readonly asks: string };
const PROCESSES: ReadonlyMap<string, Process> = new Map([
  ['label-purchase', { does: 'Buys labels and drop-off codes', asks: 'The carrier' }],
  ['label-void', { does: 'Has carriers take void labels back', asks: 'The carrier' }],
  ['refund-payout', { does: 'Pays refunds', asks: 'The payment provider' }],
  ['return-expiry', { does: 'Ends returns that were not sent in time', asks: 'The service' }],
  ['found-parcels', { does: 'Counts what a parcel held once its return is known', asks: 'The service' }],
]);

/** What the process is there for; '' of one this page does not know. */
export const doesWhat = (process: string): string => PROCESSES.get(process)?.does ?? '';

const LOG = 'The event log did not answer. The work goes on by itself as soon as it does; look whether its server runs.';
const RACE = 'Somebody else changed the same order at that moment. It is done again by itself; there is nothing to do.';
/** By the name of the error; the sentence is given who was asked. */
const FAILURES: ReadonlyMap<string, (asked: string) => string> = new Map([
  [
    'TimeLimitError',
    (asked: string) =>
      `${asked} did not answer in time. It is asked again by itself; if this goes on, find out whether it is out of order.`,
  ],
  [
    'CarrierUnavailable',
    () =>
      'The carrier cannot be reached or has no time for us. It is asked again by itself; if this goes on, find out whether it is out of order.',
  ],
  [
    'PaymentNotExecuted',
    () =>
      'The payment provider did not take the payout on; nothing was paid. It is tried again by itself; if this goes on, find out whether it is out of order.',
  ],
  [
    'PaymentOutcomeUnknown',
    () =>
      "The payment provider's answer was lost, so nobody knows whether it has paid. It is asked what became of it, and nothing is paid twice; if this goes on, finance finds the payout among those that hang.",
  ],
  [
    'StillUnderWay',
    () => 'The payment provider has the payout in hand and is not done with it. It is asked again by itself; there is nothing to do.',
  ],
  ...['StoreUnavailableError', 'CallTimedOutError', 'UnknownOutcomeError'].map((name) => [name, () => LOG] as const),
  ...['RevisionMismatchError', 'WrongRevisionError', 'OverlappingAppendError', 'IdempotencyInProgressError'].map(
    (name) => [name, () => RACE] as const,
  ),
]);
const ANYTHING =
  'The last attempt failed. It is made again by itself; if this goes on, show the technical detail to whoever runs the service.';

/** @param error `name: message`, as the service tells it */
export function failureWords(process: string, error: string): string {
  const [name = ''] = error.split(':', 1);
  return FAILURES.get(name)?.(PROCESSES.get(process)?.asks ?? 'The other side') ?? ANYTHING;
}
