/**
 * EasyPost's shipments as its documentation has them, over HTTP on a free port: https://docs.easypost.com/docs/shipments,
 * https://docs.easypost.com/docs/shipments/returns, https://docs.easypost.com/docs/errors, https://docs.easypost.com/docs/pagination.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export const EASYPOST_TEST_KEY = 'EZTKdouble';
/** Settings under which the service buys from the double. */
export const easypostSettings = (apiBase: string): Readonly<Record<string, string>> => ({
  ...{ EASYPOST_API_KEY: EASYPOST_TEST_KEY, EASYPOST_API_BASE: apiBase },
  ...{ RETURN_ADDRESS_NAME: 'Jack Sparrow', RETURN_ADDRESS_LINE1: '388 Townsend St', RETURN_ADDRESS_LINE2: 'Apt 20' },
  ...{
    RETURN_ADDRESS_CITY: 'San Francisco',
    RETURN_ADDRESS_REGION: 'CA',
    RETURN_ADDRESS_POSTAL_CODE: '94107',
    RETURN_ADDRESS_COUNTRY: 'US',
  },
});

type Address = Readonly<Record<string, string>>;
type Rate = { readonly id: string; readonly carrier: string; readonly service: string; readonly rate: string; readonly currency: string };
type Told = {
  readonly to_address: Address;
  readonly from_address: Address;
  readonly is_return?: boolean;
  readonly parcel: { readonly weight: number };
  readonly reference?: string;
  readonly options?: { readonly label_format?: string; readonly print_custom_1?: string };
};
type Label = { readonly label_url: string; readonly label_pdf_url: string | null; readonly label_zpl_url: string | null };
export type EasyPostShipment = Omit<Told, 'reference'> & {
  readonly id: string;
  readonly object: 'Shipment';
  readonly mode: 'test';
  readonly created_at: string;
  readonly reference: string | null;
  readonly rates: readonly Rate[];
  readonly messages: readonly { readonly carrier: string; readonly type: string; readonly message: string }[];
  readonly selected_rate: Rate | null;
  readonly tracking_code: string | null;
  readonly postage_label: Label | null;
  readonly refund_status: string | null;
  readonly status: string;
};

type Step = 'look' | 'create' | 'buy' | 'refund';
/** What goes wrong with a request; an error is answered as it is here. */
export type Trouble =
  | 'reset_before'
  | 'reset_after'
  | 'refused_after'
  | 'garbage'
  | { readonly status: number; readonly code: string; readonly errors?: readonly unknown[] };
type Answer = { readonly status: number; readonly body: unknown };

const FILES = { png: '\x89PNG\r\n\x1a\n', pdf: '%PDF-1.4', zpl: '^XA^XZ' } as const;
const rate = (service: string, price: string, currency = 'USD', carrier = 'USPS'): Omit<Rate, 'id'> => ({
  ...{ service, carrier, rate: price, currency },
});

export class EasyPostDouble {
  readonly shipments: EasyPostShipment[] = [];
  /** Bodies of the requests for a shipment, in order. */
  readonly asked: Told[] = [];
  readonly troubles = new Map<Step, Trouble[]>();
  rates: readonly Omit<Rate, 'id'>[] = [rate('Priority', '6.90'), rate('GroundAdvantage', '5.93'), rate('Express', '33.10')];
  /** What carriers say while there are no rates. */
  messages: EasyPostShipment['messages'] = [];
  refundStatus = 'submitted';
  #base = '';
  #serial = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#base = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this.#base;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next requests of this kind go wrong, one each. */
  goesWrong(step: Step, ...troubles: readonly Trouble[]): void {
    this.troubles.set(step, [...(this.troubles.get(step) ?? []), ...troubles]);
  }

  /** What was bought, as its own books say. */
  get bought(): readonly EasyPostShipment[] {
    return this.shipments.filter(({ selected_rate: selected }) => selected !== null);
  }

  /** Somebody else's shipment, or one whose answer came late. */
  put(shipment: Told, isBought = false): EasyPostShipment {
    this.#create(shipment);
    const { id, rates } = this.shipments.at(-1)!;
    if (isBought) this.#buy(id, { rate: { id: rates[0]!.id } });
    return this.shipments.at(-1)!;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { status, body: answer } = this.#answer(request, body, response);
    if (response.destroyed) return;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? Buffer.from(answer, 'latin1') : JSON.stringify(answer));
  }

  #answer(request: IncomingMessage, body: string, response: ServerResponse): Answer {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.#base);
    const kind = /^\/files\/.+\.(png|pdf|zpl)$/.exec(pathname)?.[1];
    if (kind === 'png' || kind === 'pdf' || kind === 'zpl') return { status: 200, body: `${FILES[kind]} ${pathname}` };
    if (request.headers.authorization !== `Basic ${Buffer.from(`${EASYPOST_TEST_KEY}:`).toString('base64')}`)
      return failed(401, 'UNAUTHORIZED', 'API key is invalid.');
    const [, of, act = ''] = /^\/v2\/shipments(?:\/([^/]+))?(?:\/(\w+))?$/.exec(pathname) ?? [];
    const step: Step = request.method === 'GET' ? 'look' : act === 'buy' || act === 'refund' ? act : 'create';
    const trouble = this.troubles.get(step)?.shift();
    if (trouble === 'reset_before') response.destroy();
    if (typeof trouble === 'object') return failed(trouble.status, trouble.code, 'As it is.', trouble.errors);
    if (response.destroyed) return { status: 0, body: '' };
    const answer = this.#route(request.method, of === undefined ? undefined : decodeURIComponent(of), act, body, searchParams);
    if (trouble === 'reset_after') response.destroy();
    if (trouble === 'refused_after') return failed(422, 'SHIPMENT.POSTAGE.FAILURE', 'It was done all the same.');
    return trouble === 'garbage' ? { status: 200, body: '<html>502 Bad Gateway</html>' } : answer;
  }

  #route(method: string | undefined, of: string | undefined, act: string, body: string, query: URLSearchParams): Answer {
    const said: unknown = body === '' ? {} : JSON.parse(body);
    if (of === undefined) return method === 'POST' ? this.#create((said as { shipment: Told }).shipment) : this.#list(query);
    // By reference, the newest one is found.
    const found = this.shipments.findLast(({ id, reference }) => id === of || reference === of);
    if (found === undefined) return failed(404, 'NOT_FOUND', 'The requested resource could not be found.');
    if (act === 'buy') return this.#buy(found.id, said as { rate: { id: string } });
    if (act === 'rerate') return this.#change(found.id, { rates: this.#rated() });
    if (act === 'refund') return this.#change(found.id, { refund_status: this.refundStatus });
    const format = query.get('file_format')?.toLowerCase();
    if (act !== 'label' || found.postage_label === null) return { status: 200, body: found };
    return this.#change(found.id, {
      postage_label: { ...found.postage_label, [`label_${format}_url`]: `${this.#base}/files/${found.id}.${format}` },
    });
  }

  #create(told: Told): Answer {
    this.asked.push(told);
    const turned = told.is_return === true ? { to_address: told.from_address, from_address: told.to_address } : {};
    const shipment: EasyPostShipment = {
      ...{ ...told, ...turned, id: `shp_${(this.#serial += 1)}`, object: 'Shipment', mode: 'test', reference: told.reference ?? null },
      ...{ created_at: new Date().toISOString(), rates: this.#rated(), messages: this.messages, selected_rate: null },
      ...{ tracking_code: null, postage_label: null, refund_status: null, status: 'unknown' },
    };
    this.shipments.push(shipment);
    return { status: 201, body: shipment };
  }

  #rated(): readonly Rate[] {
    return this.rates.map((each) => ({ id: `rate_${(this.#serial += 1)}`, ...each }));
  }

  #buy(id: string, said: { readonly rate: { readonly id: string } }): Answer {
    const { selected_rate: selected, rates } = this.shipments.find((each) => each.id === id)!;
    if (selected !== null) return failed(422, 'SHIPMENT.POSTAGE.EXISTS', 'Postage already exists for this shipment.');
    const chosen = rates.find((each) => each.id === said.rate.id);
    if (chosen === undefined) return failed(422, 'SHIPMENT.INVALID_PARAMS', 'Unable to buy shipment, one or more parameters were invalid.');
    return this.#change(id, {
      ...{ selected_rate: chosen, tracking_code: `EZ${String((this.#serial += 1)).padStart(10, '0')}`, status: 'pre_transit' },
      postage_label: { label_url: `${this.#base}/files/${id}.png`, label_pdf_url: null, label_zpl_url: null },
    });
  }

  #change(id: string, news: Partial<EasyPostShipment>): Answer {
    const index = this.shipments.findIndex((each) => each.id === id);
    this.shipments[index] = { ...this.shipments[index]!, ...news };
    return { status: 200, body: this.shipments[index] };
  }

  /** Newest first, page by page. */
  #list(query: URLSearchParams): Answer {
    const purchased = query.get('purchased') ?? 'true';
    const all = this.shipments.filter(({ selected_rate: selected }) => (selected !== null) === (purchased === 'true')).reverse();
    const before = query.get('before_id');
    const rest = before === null ? all : all.slice(all.findIndex(({ id }) => id === before) + 1);
    const since = query.get('start_datetime') ?? '';
    const page = rest.filter(({ created_at: at }) => at >= since);
    const size = Number(query.get('page_size') ?? 20);
    return { status: 200, body: { shipments: page.slice(0, size), has_more: page.length > size } };
  }
}

const failed = (status: number, code: string, message: string, errors: readonly unknown[] = []): Answer => ({
  status,
  body: { error: { code, message, errors } },
});
