import { ReconciliationController } from '../payments/reconciliation.controller.js';
import type { ReconciledProviderAnswer, ReconciliationAnswer } from '../payments/reconciliation.dto.js';
import { inWords } from '../returns/words/amounts.js';
import { runningService, withApp, type ServiceOptions } from './service.js';

type ReconcileOptions = ServiceOptions & { readonly provider?: string; readonly days: number };

/** `backhaul reconcile`: a line for each difference with a provider's books, and exits with 1 when there is one. Moves no money. */
export async function reconcile({ provider, days, ...where }: ReconcileOptions): Promise<void> {
  const running = runningService(where);
  const body = { days, ...(provider === undefined ? {} : { provider }) };
  const { items } =
    running === undefined
      ? await withApp({ role: 'api' }, (app) => app.get(ReconciliationController, { strict: false }).reconcile(body))
      : (await running.post<ReconciliationAnswer>('/v1/finance/reconciliations', body)).body;
  if (items.length === 0) process.stdout.write('No provider is set up that can list its refunds.\n');
  for (const item of items) for (const line of linesOf(item)) process.stdout.write(`${line}\n`);
  if (items.some(({ differences }) => differences.length > 0)) process.exitCode = 1;
}

const amountIn = (minor: number | null, currency: string | null): string =>
  minor === null || currency === null ? 'nothing' : inWords(minor, currency);

function linesOf({ provider, since, there, here, unrelated, differences }: ReconciledProviderAnswer): readonly string[] {
  const found = differences.map(
    ({ code, words, returnId, refundId, providerRefundId, hereMinor, hereCurrency, thereMinor, thereCurrency }) => {
      const names = [refundId ?? returnId, providerRefundId].filter((name) => name !== null).join(', ');
      return `${code} ${names}: here ${amountIn(hereMinor, hereCurrency)}, there ${amountIn(thereMinor, thereCurrency)}. ${words}`;
    },
  );
  const summary = `${provider}: ${there} refunds there since ${since}, ${here} payouts here, ${unrelated} of payments that are not ours; ${differences.length} differences`;
  return [...found, summary];
}
