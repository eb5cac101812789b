/** Shop, customer and clerk as the warehouse's journeys need them, over HTTP. */
import { CommandExecutor, deriveCommandId } from '../../src/eventing/execute-command.js';
import type { ProblemBody } from '../../src/http/problem.js';
import { orderOfReturn } from '../../src/returns/returns.commands.js';
import { returnsModel, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import type { ReceivedReturnAnswer } from '../../src/warehouse/receiving.dto.js';
import { startApp, type Answer, type Call, type TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';

export type Wanted = Readonly<Record<string, number>>;
/** A return as answered; `receipt` only by a receipt. */
export type Seen = ReceivedReturnAnswer;

const DELIVERED = '2026-03-01T10:00:00.000Z';
export const STATION = 'dock-2';
/** Who ordered: what no log, no address of a page and no device of the warehouse may hold. */
export const CUSTOMER = {
  name: 'Ada Example',
  email: 'ada@example.org',
  phone: '+49 30 5550173',
  address: { line1: 'Meadow Lane 17', city: 'Berlin', postalCode: '10115', country: 'DE' },
};

/** Lines of 10.00 a unit: SKU-RED (4 units, with an EAN), SKU-BLUE (2 units), SKU-MUG (1 unit). */
const LINES = [
  { lineId: 'red', sku: 'SKU-RED', barcode: '4006381333931', title: 'Red shirt', quantity: 4 },
  { lineId: 'blue', sku: 'SKU-BLUE', title: 'Blue shirt', quantity: 2 },
  { lineId: 'mug', sku: 'SKU-MUG', title: 'Mug', quantity: 1 },
];

export class Desk {
  #orders = 0;
  private constructor(
    readonly app: TestApp,
    readonly shop: Call,
    readonly clerk: Call,
  ) {}

  /** The service with a policy whose window never closes; `policy` says more about it. */
  static async open(policy: object = {}): Promise<Desk> {
    const app = await startApp();
    const desk = new Desk(app, app.call, app.as(await app.keyFor('warehouse')));
    ok(await desk.shop('PUT', '/v1/policy', { windowDays: null, ...policy }));
    return desk;
  }

  /** A fresh order of seven units for 70.00, and its id. `skus` suffix: SKUs no other order has. */
  async order(suffix = ''): Promise<string> {
    this.#orders += 1;
    const orderId = `W-${this.#orders}`;
    ok(
      await this.shop('PUT', `/v1/orders/${orderId}`, {
        number: `NO-${this.#orders}`,
        placedAt: DELIVERED,
        currency: 'EUR',
        customer: CUSTOMER,
        lines: LINES.map(({ quantity, sku, ...line }) => ({
          ...line,
          sku: sku + suffix,
          quantity,
          deliveredAt: DELIVERED,
          paid: { netMinor: quantity * 1000, taxMinor: 0 },
        })),
        payments: [{ paymentId: 'p1', provider: 'simulated', reference: `sim_ok_${orderId}`, method: 'card', capturedMinor: 7000 }],
      }),
      201,
    );
    return orderId;
  }

  /** A return of `wanted` units per line of a fresh order, approved by the policy. */
  async filed(
    wanted: Wanted,
    { method = 'own_shipping', suffix = '' }: { readonly method?: string; readonly suffix?: string } = {},
  ): Promise<string> {
    const orderId = await this.order(suffix);
    const lines = Object.entries(wanted).map(([lineId, quantity]) => ({ lineId, quantity, reason: 'changed_mind', condition: 'opened' }));
    const filed = await this.shop<Seen>('POST', `/v1/orders/${orderId}/returns`, { lines, outcome: 'original_payment', method });
    return ok(filed, 201).returnId;
  }

  /** A return whose label is issued, and its tracking number. */
  async labelled(
    wanted: Wanted,
    suffix = '',
  ): Promise<{ readonly returnId: string; readonly trackingNumber: string; readonly labelId: string }> {
    const returnId = await this.filed(wanted, { method: 'label', suffix });
    const label = await waitFor(async () => (await this.look(returnId)).labels.find((each) => each.state === 'issued'), 'the label');
    return { returnId, trackingNumber: String(label.trackingNumber), labelId: label.labelId };
  }

  receive(
    returnId: string,
    scanId: string,
    items: readonly object[],
    more: object = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Seen>> {
    return this.clerk('POST', `/v1/returns/${returnId}/receipts`, { scanId, station: STATION, items, ...more }, headers);
  }

  post<Json = Seen>(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer<Json>> {
    return this.clerk('POST', path, { station: STATION, ...body }, headers);
  }

  async look(returnId: string): Promise<Seen> {
    return ok(await this.clerk<Seen>('GET', `/v1/returns/${returnId}`));
  }

  /** A command that no route offers, e.g. a timer's. */
  async command(returnId: string, command: ReturnsCommand): Promise<void> {
    const commandId = deriveCommandId('test', `${returnId} ${command.type}`);
    const context = {
      commandId,
      correlationId: commandId,
      causationId: commandId,
      actor: { kind: 'system', id: 'test', channel: 'process' },
      occurredAt: command.at,
    } as const;
    await this.app.app.get(CommandExecutor).execute(returnsModel, returnsStream(orderOfReturn(returnId)), command, context);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** The body of an answer that must have the status. */
export function ok<Json>({ status, body, text }: Answer<Json>, expected = 200): Json {
  if (status !== expected) throw new Error(`Expected ${expected}, got ${status}: ${text.slice(0, 500)}`);
  return body;
}

export const problemOf = ({ text }: Answer<unknown>): ProblemBody => JSON.parse(text) as ProblemBody;
export const codeOf = (answer: Answer<unknown>): string => problemOf(answer).code;
export const lineOf = (ret: Seen, lineId: string): Seen['lines'][number] | undefined => ret.lines.find((line) => line.lineId === lineId);
export const reviewCodesOf = (ret: Seen): string[] => ret.reviewReasons.map((reason) => reason.code);
export const positionOf = ({ headers }: Answer<unknown>): Readonly<Record<string, string>> => ({
  'x-min-position': headers.get('x-position') ?? '',
});
