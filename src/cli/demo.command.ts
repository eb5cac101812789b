import { sampleShop } from '../orders/sample-shop.js';
import { inWords } from '../returns/words/amounts.js';
import { runDemo, type DemoInput, type Reconciliation } from './demo.js';
import { withService, type ServiceOptions } from './service.js';

type Options = ServiceOptions & { readonly orders?: string; readonly returns?: string; readonly mapping: string };

/** `backhaul demo`: runs the main job and fails when a refund is not what was paid. */
export async function demo(options: Options): Promise<void> {
  const input = inputOf(options);
  if (options.url !== undefined) process.stdout.write(`${plan(options.url)}\n`);
  const result = await withService(options, (api) => runDemo(api, input, { ownData: options.url === undefined }));
  process.stdout.write(`${describe(result)}\n`);
  if (!balances(result)) {
    process.stderr.write('The refunds do not add up to what was paid for the returned orders.\n');
    process.exitCode = 1;
  }
}

/** What happens to a service that is not there for the demo alone. */
const plan = (url: string): string =>
  `On ${url}: orders are registered, some of them are sent back, received, put away and refunded through their payment provider. Its policy is not changed, so orders that it does not take back any more are refused.`;

function inputOf(options: Options): DemoInput {
  const { orders, returns, mapping } = options;
  if (orders === undefined && returns === undefined) return { kind: 'sample', shop: sampleShop(new Date()) };
  if (orders === undefined || returns === undefined) throw new Error('Give both --orders and --returns, or neither for a made-up shop.');
  return { kind: 'files', ordersFile: orders, returnsFile: returns, mapping };
}

function balances({ paidMinor, refundedMinor }: Reconciliation): boolean {
  return [...new Set([...Object.keys(paidMinor), ...Object.keys(refundedMinor)])].every(
    (currency) => paidMinor[currency] === refundedMinor[currency],
  );
}

function describe(result: Reconciliation): string {
  const money = Object.entries(result.refundedMinor).map(
    ([currency, minor]) =>
      `refunded          ${inWords(minor, currency)} of ${inWords(result.paidMinor[currency] ?? 0, currency)} paid for these orders`,
  );
  return [
    '',
    `orders            ${result.orders} with ${result.orderLines} lines (${result.ordersChanged} new or changed by this run)`,
    `returns           ${result.returns} with ${result.returnLines} lines and ${result.units} units received`,
    ...money,
    `commands          ${result.commandsNew} carried out, ${result.commandsRepeated} recognised as repeated`,
    `time              ${result.seconds.toFixed(1)} s`,
  ].join('\n');
}
