/**
 * The main job over HTTP on real or made-up input: import orders, send the listed ones back whole, and see every
 * refund paid to the cent. Every request carries a key or id derived from the input, so a second run changes nothing.
 */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { columnsFound, placesOf } from '../orders/import/columns.js';
import { openCsv } from '../orders/import/upload-csv.js';
import { linesOf } from '../orders/import/upload-text.js';
import { oneLine } from '../orders/import/values.js';
import type { OrderAnswer } from '../orders/orders.dto.js';
import type { SampleShop } from '../orders/sample-shop.js';
import type { PolicyDocument } from '../policy/rules/policy.events.js';
import type { PresentedReturn } from '../returns/api/returns.presentation.js';
import type { ApiClient } from './api-client.js';
import { startProgress } from './progress.js';

export type DemoInput =
  | { readonly kind: 'files'; readonly ordersFile: string; readonly returnsFile: string; readonly mapping: string }
  | { readonly kind: 'sample'; readonly shop: SampleShop };

export type Reconciliation = Awaited<ReturnType<typeof runDemo>>;

/** How everything is sent back. */
const [REASON, OUTCOME, METHOD] = ['changed_mind', 'original_payment', 'label'] as const;
const IN_PARALLEL = 16;
const POLL_MS = 50;
const PATIENCE_MS = 60_000;

/**
 * Runs the whole demo against the service behind `api` and answers the reconciliation, amounts in minor units by currency;
 * commands are new where no earlier run had carried them out.
 * @param ownData the service is there for the demo, so its policy may be changed
 * @throws ApiProblem, Error the policy of a service that is not there for the demo does not let it run
 */
export async function runDemo(api: ApiClient, input: DemoInput, { ownData }: { readonly ownData: boolean }) {
  const started = performance.now();
  if (ownData) await openTheWindow(api);
  else await checkPolicy(api);
  const imported = await importOrders(api, input);
  const orderIds = input.kind === 'sample' ? input.shop.returnedOrderIds : await returnedOrders(input.returnsFile);
  const count = { new: 0, repeated: 0 };
  const send = async (path: string, body: unknown, key: string): Promise<PresentedReturn> => {
    const answer = await api.post<PresentedReturn>(path, body, key);
    count[answer.replayed ? 'repeated' : 'new'] += 1;
    return answer.body;
  };
  const paidMinor: Record<string, number> = {};
  const filed = await inParallel('file returns', orderIds, async (orderId) => {
    const order = (await api.get<OrderAnswer>(`/v1/orders/${encodeURIComponent(orderId)}`)).body;
    // An order that goes back whole gives its shipping back, too.
    const paid = [...order.lines.flatMap((line) => line.units), order.shipping].reduce(
      (sum, unit) => sum + unit.netMinor + unit.taxMinor,
      0,
    );
    paidMinor[order.currency] = (paidMinor[order.currency] ?? 0) + paid;
    const lines = order.lines.map(({ lineId, fulfilled }) => ({ lineId, quantity: fulfilled, reason: REASON, condition: 'opened' }));
    return send(`/v1/orders/${encodeURIComponent(orderId)}/returns`, { lines, outcome: OUTCOME, method: METHOD }, `demo-file-${orderId}`);
  });
  const labelled = await inParallel('wait for labels', filed, (ret) =>
    until(api, ret.returnId, (now) => now.labels.some((label) => label.state === 'issued'), 'its label'),
  );
  await inParallel('carrier scans', labelled, (ret) => bringToWarehouse(send, ret));
  await inParallel('receive item by item', labelled, (ret) => receive(send, ret));
  await inParallel('inspect and put away', labelled, (ret) => inspect(send, ret));
  const refunded = await inParallel('wait for payouts', labelled, (ret) =>
    until(api, ret.returnId, (now) => now.status === 'refunded', 'its refund'),
  );
  return {
    ...imported,
    returns: refunded.length,
    returnLines: refunded.reduce((sum, ret) => sum + ret.lines.length, 0),
    units: refunded.flatMap((ret) => ret.lines).reduce((sum, line) => sum + line.received, 0),
    paidMinor,
    refundedMinor: sumByCurrency(refunded),
    commandsNew: count.new,
    commandsRepeated: count.repeated,
    seconds: (performance.now() - started) / 1000,
  };
}

const STATION = 'demo-1';
const addressOf = ({ returnId }: Pick<PresentedReturn, 'returnId'>): string => `/v1/returns/${encodeURIComponent(returnId)}`;

type Send = (path: string, body: unknown, key: string) => Promise<PresentedReturn>;

async function bringToWarehouse(send: Send, ret: PresentedReturn): Promise<void> {
  const trackingNumber = ret.labels.find((label) => label.state === 'issued')?.trackingNumber ?? null;
  for (const status of ['scanned', 'delivered'] as const) {
    await send(`${addressOf(ret)}/tracking`, { status, trackingNumber, place: 'Demo hub' }, `demo-${status}-${ret.returnId}`);
  }
}

/** One scan a unit, as a clerk would. */
async function receive(send: Send, ret: PresentedReturn): Promise<void> {
  for (const line of ret.lines) {
    for (let unit = 1; unit <= line.authorised; unit += 1) {
      const scanId = `demo-${ret.returnId}-${line.lineId}-${unit}`;
      await send(`${addressOf(ret)}/receipts`, { scanId, station: STATION, items: [{ lineId: line.lineId, quantity: 1 }] }, scanId);
    }
  }
}

async function inspect(send: Send, ret: PresentedReturn): Promise<void> {
  const items = ret.lines.map((line) => ({ lineId: line.lineId, quantity: line.authorised }));
  const graded = items.map((item) => ({ ...item, grade: 'A' }));
  const away = items.map((item) => ({ ...item, disposition: 'restock', location: 'A-01' }));
  await send(`${addressOf(ret)}/inspections`, { station: STATION, items: graded }, `demo-inspect-${ret.returnId}`);
  await send(`${addressOf(ret)}/dispositions`, { station: STATION, items: away }, `demo-dispose-${ret.returnId}`);
}

/** Old orders are welcome in a demo: a policy without a window, every other rule at its default. */
async function openTheWindow(api: ApiClient): Promise<void> {
  await api.put('/v1/policy', { windowDays: null });
}

/** Somebody else's policy stays as it is; the demo says before it begins what of it stands in the way. */
async function checkPolicy(api: ApiClient): Promise<void> {
  const { approval, outcomes, methods, reasons } = (await api.get<PolicyDocument>('/v1/policy')).body;
  const isLeaf = reasons.some(({ code }) => code === REASON) && !reasons.some(({ parent }) => parent === REASON);
  const missing = [
    ...(approval.auto ? [] : ['returns are approved by hand']),
    ...(outcomes.includes(OUTCOME) ? [] : [`the outcome ${OUTCOME} is not offered`]),
    ...(methods.includes(METHOD) ? [] : [`the method ${METHOD} is not offered`]),
    ...(isLeaf ? [] : [`the reason ${REASON} cannot be chosen`]),
  ];
  if (missing.length > 0)
    throw new Error(
      `The policy of this service does not let the demo run, and the demo does not change it: ${missing.join('; ')}. Run the demo without --url, on data of its own.`,
    );
}

async function importOrders(api: ApiClient, input: DemoInput) {
  const csv = input.kind === 'sample' ? Readable.from([input.shop.ordersCsv]) : createReadStream(input.ordersFile);
  const mapping = input.kind === 'sample' ? 'generic' : input.mapping;
  const progress = startProgress('import orders', 1);
  const seen = { orders: 0, orderLines: 0, ordersChanged: 0 };
  const { results } = await api.importOrders(csv, { mapping });
  for await (const result of results) {
    if (result.status === 'failed') throw new Error(`Order ${result.orderId ?? '?'} could not be imported: ${result.detail ?? ''}`);
    seen.orders += 1;
    seen.orderLines += result.lines ?? 0;
    if (result.status !== 'unchanged') seen.ordersChanged += 1;
  }
  progress.finish();
  return seen;
}

async function returnedOrders(file: string): Promise<readonly string[]> {
  const mapping = { columns: { order_id: ['Order ID', 'order_id'] } };
  const opened = await openCsv(linesOf(createReadStream(file), undefined), (names) => columnsFound(names, mapping));
  const column = mapping.columns.order_id.map((name) => placesOf(opened?.header.names ?? [], name)[0]).find((place) => place !== undefined);
  if (opened === undefined || column === undefined) throw new Error(`${file} has no column "Order ID" or "order_id"`);
  const orderIds: string[] = [];
  for await (const { cells } of opened.rows) orderIds.push(oneLine(cells[column] ?? ''));
  return orderIds;
}

async function inParallel<In, Out>(label: string, items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const progress = startProgress(label, items.length);
  let done = 0;
  const limit = pLimit(IN_PARALLEL);
  const results = await Promise.all(
    items.map((item) =>
      limit(async () => {
        const result = await work(item);
        progress.update((done += 1));
        return result;
      }),
    ),
  );
  progress.finish();
  return results;
}

async function until(api: ApiClient, returnId: string, reached: (ret: PresentedReturn) => boolean, what: string): Promise<PresentedReturn> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { body } = await api.get<PresentedReturn>(addressOf({ returnId }));
    if (reached(body)) return body;
    if (performance.now() > deadline)
      throw new Error(`Return ${returnId} (${body.status}) still waits for ${what} after ${PATIENCE_MS / 1000} s`);
    await delay(POLL_MS);
  }
}

function sumByCurrency(returns: readonly PresentedReturn[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { money } of returns) sums[money.currency] = (sums[money.currency] ?? 0) + money.refundedMinor;
  return sums;
}
