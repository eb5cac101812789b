import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashCommand } from '../../src/eventing/command-identity.js';
import type { EventStore } from '../../src/eventing/event-store.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import { EVENT_STORE } from '../../src/shared/tokens.js';
import { startApp, type TestApp } from '../support/app.js';
import { openScene, type Scene } from './openapi-scene.js';

type Filed = { readonly returnId: string; readonly revision: number; readonly code?: string };

describe('Requests sent again, and requests that race', () => {
  let service: TestApp;
  let scene: Scene;
  beforeAll(async () => {
    service = await startApp();
    scene = await openScene(service);
  });
  afterAll(() => service.close());

  const filing = (quantity = 1) => ({
    lines: [{ lineId: 'shirt', quantity, reason: 'too_small', condition: 'opened' }],
    outcome: 'original_payment',
    method: 'own_shipping',
  });
  const file = (headers: Record<string, string>, body: unknown = filing(), orderId = 'W-1') =>
    service.call<Filed>('POST', `/v1/orders/${orderId}/returns`, body, headers);

  it('get the first answer again under the same idempotency key', async () => {
    const first = await file({ 'idempotency-key': 'a' });
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null]);
    const again = await file({ 'idempotency-key': '"a"' });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
  });

  it('are known by what earlier releases knew a filing by', async () => {
    await file({ 'idempotency-key': 'of-an-earlier-release' });
    const [filed] = (await service.app.get<EventStore>(EVENT_STORE).readStream(returnsStream('W-1')))
      .filter(({ type }) => type === 'ReturnRequested')
      .slice(-1);
    const line = { lineId: 'shirt', quantity: 1, reason: 'too_small', condition: 'opened', noteRef: null, photoRefs: [] };
    const asked = { type: 'FileReturn', orderId: 'W-1', lines: [line], outcome: 'original_payment', method: 'own_shipping' };
    expect(filed?.metadata.commandHash).toBe(hashCommand(asked));
  });

  it('get the first answer again after others have come in between', async () => {
    const first = await file({ 'idempotency-key': 'b' });
    await file({});
    expect((await file({ 'idempotency-key': 'b' })).body).toEqual(first.body);
  });

  it('are refused under the same key with another content, or for another purpose', async () => {
    const { body } = await file({ 'idempotency-key': 'c' });
    const other = await file({ 'idempotency-key': 'c' }, filing(2));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_conflict']);
    const purpose = await service.call('POST', `/v1/returns/${body.returnId}/cancel`, {}, { 'idempotency-key': 'c' });
    expect([purpose.status, purpose.body.code]).toEqual([422, 'idempotency_conflict']);
  });

  it('are another request for another order or by another caller', async () => {
    const first = await file({ 'idempotency-key': 'd' });
    const elsewhere = await file({ 'idempotency-key': 'd' }, filing(), 'W-2');
    const byShop = await scene.as.shop<Filed>('POST', '/v1/orders/W-1/returns', filing(), { 'idempotency-key': 'd' });
    for (const answer of [elsewhere, byShop]) expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect(new Set([first, elsewhere, byShop].map(({ body }) => body.returnId)).size).toBe(3);
  });

  it('at the same moment are done once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => file({ 'idempotency-key': 'e' })));
    const done = answers.filter(({ status }) => status === 201);
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map(({ body }) => body.returnId)).size).toBe(1);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
  });

  it('are refused where the client has not seen the latest state (If-Match)', async () => {
    const seen = await service.call('GET', '/v1/orders/W-2');
    const etag = seen.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"\d+"$/);
    const first = await file({ 'if-match': etag }, filing(), 'W-2');
    expect(first.status).toBe(201);
    expect(first.headers.get('etag')).not.toBe(etag);
    const late = await file({ 'if-match': etag }, filing(), 'W-2');
    expect([late.status, late.body.code]).toEqual([412, 'revision_mismatch']);
  });

  it('see what they have written in every view, by its position', async () => {
    const { body, headers } = await file({}, filing(), 'W-2');
    const position = headers.get('x-position') ?? '';
    const board = await service.call<{ items: { returnId: string }[] }>('GET', '/v1/returns?orderId=W-2', undefined, {
      'x-min-position': position,
    });
    expect(board.status).toBe(200);
    expect(board.body.items.map(({ returnId }) => returnId)).toContain(body.returnId);
  });

  it('are told to come back where a view cannot show it yet', async () => {
    const answer = await service.call('GET', '/v1/returns', undefined, { 'x-min-position': '9999999999999999' });
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'view_behind', '1']);
  });
});
