import { ProvidersController } from '../operations/providers.controller.js';
import type { ProviderAnswer, ProvidersAnswer } from '../operations/providers.dto.js';
import { runningService, withApp, type ServiceOptions } from './service.js';

/** `backhaul providers`: asks each, says how it stands in a line each, and exits with 1 when one fails. Pays, buys and sends nothing. */
export async function providers(options: ServiceOptions): Promise<void> {
  const running = runningService(options);
  const { items } =
    running === undefined
      ? // An api process works on nothing: what is owed is not paid by asking.
        await withApp({ role: 'api' }, (app) => app.get(ProvidersController, { strict: false }).check({}))
      : (await running.post<ProvidersAnswer>('/v1/providers/check', {})).body;
  for (const item of items) process.stdout.write(`${lineOf(item)}\n`);
  if (items.some(({ state }) => state === 'fails')) process.exitCode = 1;
}

const STATES: Readonly<Record<ProviderAnswer['state'], string>> = {
  answers: 'answers',
  fails: 'FAILS',
  not_asked: 'is set up, and has not been asked',
  by_hand: 'is paid by hand',
  not_set_up: 'IS NOT SET UP, though something waits there',
};

function lineOf({ id, kind, state, mode, answeredAt, failure, toldAt, waiting }: ProviderAnswer): string {
  const facts = [
    ...(state === 'fails' && failure !== null ? [failure] : []),
    ...(answeredAt === null ? [] : [`last answer ${answeredAt}`]),
    ...(toldAt === null ? [] : [`last webhook ${toldAt}`]),
    ...(waiting ?? []).map((each) => `${each.count} ${each.state} since ${each.since}`),
  ];
  return `${id} (${kind}${mode === null ? '' : `, ${mode}`}): ${[STATES[state], ...facts].join('; ')}`;
}
