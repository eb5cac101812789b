/** What once went wrong over HTTP: words of staff, bodies nobody asked for, articles with odd names. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '../../src/eventing/event-store.js';
import type { RefundRowsAnswer } from '../../src/finance/refunds.dto.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import { EVENT_STORE } from '../../src/shared/tokens.js';
import { ok, refusal, Shop } from './shop-front.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
  await ok(shop.call('PUT', '/v1/policy', { windowDays: null }));
});
afterAll(() => shop.close());

const WORDS = 'Jane Roe called and was upset';

async function refundedByHand(): Promise<{ readonly orderId: string; readonly returnId: string; readonly position: string }> {
  const orderId = await shop.order();
  const { returnId } = await shop.filed(orderId, { shirt: 1 });
  const answer = await shop.call<PresentedReturn>('POST', `/v1/returns/${returnId}/refunds`, { amountMinor: 100, reason: WORDS });
  expect([answer.status, answer.body.refunds[0]?.reason]).toEqual([201, WORDS]);
  return { orderId, returnId, position: answer.headers.get('x-position') ?? '' };
}

describe('Why finance refunds by hand', () => {
  it('is a reference in the log, and words for colleagues on every answer of the return', async () => {
    const { orderId, returnId } = await refundedByHand();
    const store = shop.app.app.get<EventStore>(EVENT_STORE);
    expect(JSON.stringify(await store.readStream(returnsStream(orderId)))).not.toContain('Jane');
    expect((await shop.look(returnId)).refunds[0]?.reason).toBe(WORDS);
    const received = await ok(
      shop.call<PresentedReturn>('POST', `/v1/returns/${returnId}/receipts`, {
        scanId: 's1',
        station: 'dock-1',
        items: [{ lineId: 'shirt', quantity: 1 }],
      }),
    );
    expect(received.refunds[0]?.reason).toBe(WORDS);
  });

  it('stands in the list of refunds and in its CSV', async () => {
    const { returnId, position } = await refundedByHand();
    const path = `/v1/finance/refunds?returnId=${returnId}`;
    const rows = await ok(shop.call<RefundRowsAnswer>('GET', path, undefined, { 'x-min-position': position }));
    expect(rows.items.map((row) => row.reason)).toEqual([WORDS]);
    expect((await shop.call('GET', path, undefined, { accept: 'text/csv' })).text).toContain(WORDS);
  });

  it('is not for the customer', async () => {
    const { orderId, returnId } = await refundedByHand();
    const customer = await shop.customerOf(orderId);
    expect((await ok(customer<PresentedReturn>('GET', `/v1/returns/${returnId}`))).refunds[0]?.reason).toBeNull();
  });

  it('is a code where it is one', async () => {
    const { returnId } = await shop.filed(await shop.order(), { shirt: 1 });
    const body = await ok(shop.call<PresentedReturn>('POST', `/v1/returns/${returnId}/refunds`, { reason: 'goodwill' }), 201);
    expect(body.refunds[0]?.reason).toBe('goodwill');
  });
});

describe('Approving a return', () => {
  it('asks for nothing, and refuses what it does not know', async () => {
    const { returnId } = await shop.filed(await shop.order(), { shirt: 1 });
    expect(await refusal(shop.call('POST', `/v1/returns/${returnId}/approve`, { amountMinor: 1 }))).toEqual([400, 'validation_failed']);
    await ok(shop.call('POST', `/v1/returns/${returnId}/approve`, {}));
    await ok(shop.call('POST', `/v1/returns/${returnId}/approve`));
  });
});

describe('What a shop calls its articles', () => {
  it('is taken as the shop writes it, and no spreadsheet runs it', async () => {
    const sku = '=SUM(A1) / blue';
    const paid = { netMinor: 1000, taxMinor: 0 };
    const orderId = await shop.order({ lines: [{ lineId: 'shirt', sku, quantity: 1, deliveredAt: '2026-03-05T10:00:00Z', paid }] });
    const { returnId } = await shop.filed(orderId, { shirt: 1 });
    expect((await shop.look(returnId)).lines[0]?.sku).toBe(sku);
    const customer = await shop.customerOf(orderId);
    expect((await ok(customer<{ lines: { sku: string }[] }>('GET', `/v1/orders/${orderId}/returnable`))).lines[0]?.sku).toBe(sku);
    const received = await shop.call<PresentedReturn>('POST', `/v1/returns/${returnId}/receipts`, {
      scanId: 's1',
      station: 'dock-1',
      items: [{ barcode: sku }],
    });
    expect(received.body.lines[0]).toMatchObject({ received: 1 });
    const board = await shop.call('GET', `/v1/returns?orderId=${orderId}`, undefined, {
      accept: 'text/csv',
      'x-min-position': received.headers.get('x-position') ?? '',
    });
    expect(board.text).toContain(`'${sku}`);
  });
});

describe('A note of nothing but blanks', () => {
  it('is no note where the reason needs one', async () => {
    const orderId = await shop.order();
    const lines = [{ lineId: 'shirt', quantity: 1, reason: 'other', condition: 'opened', note: '  ' }];
    const asked = { lines, outcome: 'original_payment', method: 'own_shipping' };
    expect(await refusal(shop.call('POST', `/v1/orders/${orderId}/returns`, asked))).toEqual([422, 'note_required']);
    const quoted = await ok(shop.call<{ lines: { decision: string }[] }>('POST', `/v1/orders/${orderId}/returns/quote`, asked));
    expect(quoted.lines[0]?.decision).toBe('ineligible');
  });
});

describe('A report of refund latency', () => {
  it('is refused for a time that ends before it begins', async () => {
    expect(await refusal(shop.call('GET', '/v1/finance/refund-latency?from=2026-03-02&to=2026-03-01'))).toEqual([400, 'validation_failed']);
    expect((await shop.call('GET', '/v1/finance/refund-latency?from=2026-03-01&to=2026-03-01')).status).toBe(200);
  });
});
