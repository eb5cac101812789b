import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../../src/cli/api-client.js';
import type { RecordedEvent } from '../../src/eventing/event-store.js';
import type { VerificationLine } from '../../src/finance/verification.controller.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';

describe('A service that runs', () => {
  let service: TestApp;
  let client: ApiClient;
  const order = (number: string): Promise<unknown> =>
    service.call('PUT', `/v1/orders/${number}`, {
      number,
      placedAt: '2026-11-20T10:00:00Z',
      currency: 'EUR',
      customer: { email: 'ada@example.com' },
      lines: [{ lineId: '1', sku: 'MUG', title: 'Mug', quantity: 1, paid: { netMinor: 1000, taxMinor: 190 } }],
      payments: [{ paymentId: 'p1', provider: 'manual', reference: 'r1', method: 'card', capturedMinor: 1190 }],
    });
  const all = async <Line>(lines: AsyncIterable<Line>): Promise<Line[]> => {
    const read: Line[] = [];
    for await (const line of lines) read.push(line);
    return read;
  };

  beforeAll(async () => {
    service = await startApp();
    client = new ApiClient(service.url, ADMIN_KEY);
    for (const number of ['E-1', 'E-2']) await order(number);
  });
  afterAll(() => service.close());

  it('gives its whole log in order, or one stream of it, and no personal data', async () => {
    const events = await all(client.lines<RecordedEvent>('GET', '/v1/export'));
    expect(events.map(({ position }) => position)).toEqual(events.map(({ position }) => position).sort());
    expect(events.filter(({ type }) => type === 'OrderRegistered').map(({ streamId }) => streamId)).toEqual(['returns-E-1', 'returns-E-2']);
    expect(JSON.stringify(events)).not.toContain('ada@');
    const one = await all(client.lines<RecordedEvent>('GET', '/v1/export?stream=returns-E-2'));
    expect(new Set(one.map(({ streamId }) => streamId))).toEqual(new Set(['returns-E-2']));
  });

  it('verifies log and views while it takes orders, and ends with the result', async () => {
    await service.caughtUp();
    const verifying = all(client.lines<VerificationLine>('POST', '/v1/verifications'));
    await order('E-3');
    const last = (await verifying).at(-1)!;
    if (!('result' in last)) throw new Error(JSON.stringify(last));
    expect(last.result.differences).toEqual([]);
    expect(last.result.log.orders).toBeGreaterThanOrEqual(2);
    expect(last.result.views.length).toBeGreaterThan(3);
  });

  it('verifies once at a time, and again afterwards', async () => {
    const both = await Promise.allSettled([1, 2].map(() => all(client.lines<VerificationLine>('POST', '/v1/verifications'))));
    const results = both.filter((each) => each.status === 'fulfilled' && 'result' in each.value.at(-1)!);
    expect(results).toHaveLength(1);
    const again = await all(client.lines<VerificationLine>('POST', '/v1/verifications'));
    expect(again.at(-1)).toHaveProperty('result.differences', []);
  });

  it('does neither for anybody but admins', async () => {
    const shop = new ApiClient(service.url, await service.keyFor('shop'));
    await expect(all(shop.lines('GET', '/v1/export'))).rejects.toThrow(/forbidden/);
    await expect(all(shop.lines('POST', '/v1/verifications'))).rejects.toThrow(/forbidden/);
  });
});
