import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { Description, type Operation } from './openapi-requests.js';
import { openScene, type Scene, type Who } from './openapi-scene.js';

const STAFF = ['shop', 'warehouse', 'finance'] as const;
const ALL = ['own customer', ...STAFF] as const;
const EVERYBODY = ['nobody', 'foreign customer', ...ALL] as const;

/** Who may call what, written down a second time: from the interface's description, not from the code. Admins may do everything. */
const MAY: Readonly<Record<string, readonly Who[]>> = {
  'PUT /v1/orders/{orderId}': ['shop'],
  'GET /v1/orders/{orderId}': ALL,
  'POST /v1/orders/import': ['shop'],
  'POST /v1/orders/{orderId}/sessions': ['shop'],
  'POST /v1/orders/{orderId}/disputes': ['shop', 'finance'],
  'POST /v1/orders/{orderId}/disputes/{disputeId}/close': ['shop', 'finance'],
  'POST /v1/orders/{orderId}/refunds-elsewhere': ['shop', 'finance'],
  'GET /v1/orders/{orderId}/returnable': ['own customer', 'shop'],
  'POST /v1/orders/{orderId}/returns/quote': ['own customer', 'shop'],
  'POST /v1/orders/{orderId}/returns': ['own customer', 'shop'],

  'POST /v1/orders/{orderId}/photos': ['own customer', 'shop', 'warehouse'],
  'GET /v1/returns/{returnId}/photos': ALL,
  'GET /v1/photos/{photoRef}': EVERYBODY,
  'POST /v1/portal/sessions': EVERYBODY,
  'POST /v1/portal/sessions/confirm': EVERYBODY,
  'POST /v1/session': ['foreign customer', ...ALL],
  'GET /v1/session': EVERYBODY,
  'DELETE /v1/session': EVERYBODY,
  'GET /v1/session/oidc': EVERYBODY,
  'GET /v1/session/oidc/callback': EVERYBODY,

  'GET /v1/returns': ['foreign customer', ...ALL],
  'GET /v1/returns/{returnId}': ALL,
  'GET /v1/returns/{returnId}/history': ALL,
  'POST /v1/returns/{returnId}/approve': STAFF,
  'POST /v1/returns/{returnId}/decline': STAFF,
  'POST /v1/returns/{returnId}/review': STAFF,
  'POST /v1/returns/{returnId}/cancel': ALL,
  'POST /v1/returns/{returnId}/close': STAFF,
  'POST /v1/returns/{returnId}/reopen': STAFF,
  'GET /v1/reports/return-rates': ['shop', 'finance'],

  'POST /v1/returns/{returnId}/labels': ['own customer', 'shop', 'warehouse'],
  'GET /v1/returns/{returnId}/labels/{labelId}/file': ALL,
  'POST /v1/returns/{returnId}/pickups': ['own customer', 'shop', 'warehouse'],
  'POST /v1/returns/{returnId}/tracking': ['shop', 'warehouse'],

  'POST /v1/returns/{returnId}/receipts': ['warehouse'],
  'POST /v1/returns/{returnId}/receipts/{scanId}/corrections': ['warehouse'],
  'POST /v1/returns/{returnId}/missing': ['warehouse'],
  'POST /v1/returns/{returnId}/mismatches': ['warehouse'],
  'POST /v1/returns/{returnId}/inspections': ['warehouse'],
  'POST /v1/returns/{returnId}/dispositions': ['warehouse'],
  'POST /v1/returns/{returnId}/restocks/{restockId}/confirm': ['warehouse'],
  'POST /v1/returns/{returnId}/restocks/{restockId}/block': ['warehouse'],
  'POST /v1/returns/{returnId}/restocks/{restockId}/withdraw': ['warehouse'],
  'GET /v1/warehouse/expected': ['warehouse'],
  'GET /v1/warehouse/queue': ['warehouse'],
  'POST /v1/warehouse/parcels': ['warehouse'],
  'GET /v1/warehouse/parcels': ['warehouse'],
  'GET /v1/warehouse/parcels/{parcelId}': ['warehouse'],
  'POST /v1/warehouse/parcels/{parcelId}/items': ['warehouse'],
  'POST /v1/warehouse/parcels/{parcelId}/match': ['warehouse'],
  'POST /v1/warehouse/parcels/{parcelId}/unmatch': ['warehouse'],

  'POST /v1/returns/{returnId}/refunds': ['finance'],
  'POST /v1/returns/{returnId}/refunds/capped': ['shop', 'finance'],
  'POST /v1/refunds/{refundId}/retry': ['finance'],
  'POST /v1/refunds/{refundId}/settle': ['finance'],
  'POST /v1/refunds/{refundId}/fail': ['finance'],
  'POST /v1/refunds/{refundId}/reroute': ['finance'],
  'POST /v1/finance/reconciliations': ['finance'],
  'GET /v1/finance/refunds': ['finance'],
  'GET /v1/finance/refund-latency': ['finance'],
  'GET /v1/finance/refund-latency/returns': ['finance'],
  'GET /v1/finance/liability': ['finance'],
  'GET /v1/finance/liability/days': ['finance'],
  'GET /v1/finance/liability/payouts': ['finance'],
  'GET /v1/finance/ageing': ['finance'],

  'GET /v1/policy': STAFF,
  'PUT /v1/policy': [],
  'POST /v1/policy/check': [],
  'GET /v1/policy/versions': STAFF,
  'GET /v1/policy/versions/{version}': STAFF,
  'POST /v1/policy/versions/{version}/retire': [],
  'GET /v1/api-keys': [],
  'POST /v1/api-keys': [],
  'DELETE /v1/api-keys/{keyId}': [],

  'GET /v1/providers': [],
  'POST /v1/providers/check': [],
  'GET /v1/views': [],
  'POST /v1/views/{name}/rebuild': [],
  'GET /v1/export': [],
  'POST /v1/verifications': [],
  'GET /v1/demo': EVERYBODY,
  'POST /v1/demo': EVERYBODY,
  'GET /v1/events': ['foreign customer', ...ALL],
  'GET /health/live': EVERYBODY,
  'GET /health/ready': EVERYBODY,
  'GET /metrics': EVERYBODY,
};

describe('Who may call what', () => {
  let service: TestApp;
  let scene: Scene;
  let operations: readonly Operation[];
  beforeAll(async () => {
    service = await startApp();
    scene = await openScene(service);
    operations = (await Description.of(service)).operations;
  });
  afterAll(() => service.close());

  const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;
  const filled = ({ path }: Operation): string =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(scene.pool[name]?.[0] ?? 'x-1'));

  /** `in`: let in, whatever came of it. */
  async function outcome(operation: Operation, who: Who): Promise<string> {
    const body = operation.method === 'GET' ? undefined : {};
    const answer = operation.path === '/v1/events' ? await headOnly(who) : await scene.as[who](operation.method, filled(operation), body);
    if (answer.status === 401) return 'unknown';
    if (answer.status === 403) return 'refused';
    // Without a signed link a photo is not there, whoever asks.
    return answer.status === 404 && who === 'foreign customer' && !operation['x-roles'].includes('public') ? 'sees nothing' : 'in';
  }

  /** The stream of events never ends; its answer's head says enough. */
  const headOnly = (who: Who): Promise<{ status: number }> => scene.as[who]('GET', '/v1/events', undefined, { 'last-event-id': 'none' });

  function expected(operation: Operation, who: Who): string {
    const may = MAY[nameOf(operation)] ?? [];
    if (who === 'admin' || may.includes(who)) return 'in';
    if (who === 'nobody') return 'unknown';
    const boundToOrder = may.includes('own customer') && /\{(orderId|returnId|refundId)\}/.test(operation.path);
    return who === 'foreign customer' && boundToOrder ? 'sees nothing' : 'refused';
  }

  it('is written down for every route there is, and for no other', () => {
    expect(operations.map(nameOf).toSorted()).toEqual(Object.keys(MAY).toSorted());
  });

  it('is what the service does, for every route and everybody', async () => {
    const people: readonly Who[] = ['nobody', 'foreign customer', 'own customer', 'shop', 'warehouse', 'finance', 'admin'];
    const wrong: string[] = [];
    for (const operation of operations) {
      const seen = await Promise.all(people.map((who) => outcome(operation, who)));
      people.forEach((who, index) => {
        if (seen[index] !== expected(operation, who))
          wrong.push(`${nameOf(operation)} as ${who}: ${seen[index]}, not ${expected(operation, who)}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it('tells a customer the same about someone else’s and about what does not exist', async () => {
    const ask = scene.as['foreign customer'];
    const paths = [
      '/v1/orders/W-1',
      '/v1/orders/nothing',
      '/v1/returns/W-1-R1',
      '/v1/returns/W-2-R9',
      '/v1/returns/W-1-R99/history',
      '/v1/orders/W-1/returnable',
    ];
    const answers = await Promise.all(paths.map((path) => ask('GET', path)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(404);
  });

  it('keeps customers to their order on the board too, whatever they ask for', async () => {
    const ask = scene.as['foreign customer']<{ items: { orderId: string }[]; counts?: unknown }>;
    for (const path of ['/v1/returns', '/v1/returns?orderId=W-1', '/v1/returns?sku=SHIRT-M', '/v1/returns?limit=200']) {
      expect([path, (await ask('GET', path)).body.items]).toEqual([path, []]);
    }
    const own = await scene.as['own customer']<{ items: { orderId: string }[] }>('GET', '/v1/returns?limit=200');
    expect(own.body.items.length).toBeGreaterThan(0);
    expect(own.body.items.filter(({ orderId }) => orderId !== 'W-1')).toEqual([]);
  });

  it('covers what the server answers outside the description too', async () => {
    for (const path of ['/', '/docs', '/docs/start.js', '/openapi.json']) expect((await service.as(null)('GET', path)).status).toBe(200);
  });
});
