import type { EventStore } from '../eventing/event-store.js';
import { ReadModels } from '../eventing/read-models.js';
import type { VerificationLine } from '../finance/verification.controller.js';
import { verify as verifyEverything, type Verification } from '../finance/verify.js';
import { EVENT_STORE } from '../shared/tokens.js';
import type { ApiClient } from './api-client.js';
import { startProgress } from './progress.js';
import { runningService, withApp, type ServiceOptions } from './service.js';

type OnProgress = (what: string, events: number) => void;

/** `backhaul verify`: says what differs, a line each, and exits with 1 if anything does. Sends and pays nothing. */
export async function verify(options: ServiceOptions): Promise<void> {
  const steps = new Map<string, ReturnType<typeof startProgress>>();
  let most = 0;
  const onProgress: OnProgress = (what, events) => {
    most = Math.max(most, events);
    const step = steps.get(what) ?? startProgress(what, most);
    steps.set(what, step);
    step.update(events);
  };
  const service = runningService(options);
  const { log, views, differences } = await (service === undefined
    ? withApp({ role: 'api' }, (app) => verifyEverything(app.get<EventStore>(EVENT_STORE), app.get(ReadModels), { onProgress }))
    : verifyRunning(service, onProgress));
  for (const step of steps.values()) step.finish();
  for (const { streamId, returnId, words } of differences) process.stdout.write(`${returnId ?? streamId ?? 'log'}: ${words}\n`);
  process.stdout.write(
    `${log.events} events in ${log.streams} streams: ${log.orders} orders, ${log.returns} returns, ${log.refunds} refunds; ${views.length} views compared\n`,
  );
  process.stdout.write(differences.length === 0 ? 'no differences\n' : `${differences.length} differences\n`);
  if (differences.length > 0) process.exitCode = 1;
}

/** @throws Error when the service could not verify, or broke off */
async function verifyRunning(service: ApiClient, onProgress: OnProgress): Promise<Verification> {
  for await (const line of service.lines<VerificationLine>('POST', '/v1/verifications')) {
    if ('result' in line) return line.result;
    if ('failed' in line) throw new Error(line.failed);
    onProgress(line.progress.what, line.progress.events);
  }
  throw new Error('The service ended before it had a result; try again.');
}
