import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { ADMIN_KEY } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { jpeg, photoForm } from '../support/photos.js';
import { waitFor } from '../support/wait-for.js';
import { ok, orderBody, refusal, returnBody, Shop } from './shop-front.js';

describe('Order ids as shops have them', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open();
  });
  afterAll(() => shop.close());

  const at = (id: string): string => encodeURIComponent(id);
  const put = (orderId: string, over: object = {}) =>
    shop.call<{ orderId: string }>('PUT', `/v1/orders/${at(orderId)}`, orderBody({ number: orderId, ...over }));

  it.each([
    '#1001',
    '1001',
    'A/1',
    'Order 1001',
    '2026/11-#5 (B)',
    '/',
    '注文1001',
    'Ä~:@?&=+;"\'<>|\\',
    '#/#-R1',
    '$all',
    '-R1',
    'ORDER/',
  ])('%s goes all the way', async (orderId) => {
    expect((await ok(put(orderId), 201)).orderId).toBe(orderId);
    expect(await ok(shop.call('GET', `/v1/orders/${at(orderId)}`))).toMatchObject({ orderId, returns: [] });
    const session = await ok(shop.call<{ token: string; orderId: string }>('POST', `/v1/orders/${at(orderId)}/sessions`, {}), 201);
    expect(session.orderId).toBe(orderId);
    const customer = shop.app.as(session.token);
    expect(await ok(customer('GET', `/v1/orders/${at(orderId)}/returnable`))).toMatchObject({ number: orderId });
    const photo = photoForm(await jpeg());
    const { photoRef } = await ok(
      customer<{ photoRef: string }>('POST', `/v1/orders/${at(orderId)}/photos`, photo.body, photo.headers),
      201,
    );
    const wanted = returnBody({ mug: 1 }, { method: 'label' });
    await ok(customer('POST', `/v1/orders/${at(orderId)}/returns/quote`, wanted));
    const lines = wanted.lines.map((line) => ({ ...line, photos: [photoRef] }));
    const filing = await customer<PresentedReturn>('POST', `/v1/orders/${at(orderId)}/returns`, { ...wanted, lines });
    const { returnId } = filing.body;
    expect([filing.status, returnId, filing.headers.get('location')]).toEqual([201, `${orderId}-R1`, `/v1/returns/${at(returnId)}`]);

    const label = await waitFor(async () => (await shop.look(at(returnId))).labels.find(({ state }) => state === 'issued'), 'the label');
    for (const format of ['pdf', 'png', 'zpl']) {
      const file = await customer('GET', `/v1/returns/${at(returnId)}/labels/${at(label.labelId)}/file?format=${format}`);
      expect([format, file.status, file.headers.get('content-disposition')]).toEqual([
        format,
        200,
        expect.stringMatching(/^inline; filename="[A-Za-z0-9._-]+"$/),
      ]);
    }
    const [link] = await ok(customer<{ url: string }[]>('GET', `/v1/returns/${at(returnId)}/photos`));
    expect((await fetch(new URL(link?.url ?? '', shop.app.url))).status).toBe(200);
    await ok(customer('GET', `/v1/returns/${at(returnId)}/history`));

    await shop.app.caughtUp();
    const board = await ok(shop.call<{ items: { returnId: string }[] }>('GET', `/v1/returns?orderId=${at(orderId)}`));
    expect(board.items.map((item) => item.returnId)).toEqual([returnId]);
    const expected = await ok(shop.call<{ returns: { returnId: string }[] }>('GET', `/v1/warehouse/expected?barcode=${at(returnId)}`));
    expect(expected.returns.map((ret) => ret.returnId)).toContain(returnId);
    const received = await ok(
      shop.call<PresentedReturn>('POST', `/v1/returns/${at(returnId)}/receipts`, {
        scanId: `scan ${returnId}`,
        station: 'dock',
        items: [{ lineId: 'mug', quantity: 1 }],
      }),
    );
    expect(received.refunds.map(({ refundId, amountMinor }) => [refundId, amountMinor])).toEqual([[`${returnId}-F1`, 1050]]);
    await waitFor(async () => (await shop.look(at(returnId))).money.refundedMinor === 1050, 'the money');
    await shop.app.caughtUp();
    expect(await ok(shop.call('GET', `/v1/finance/refunds?returnId=${at(returnId)}`))).toMatchObject({ items: [{ returnId, orderId }] });
  });

  it('#1001 and 1001 are two orders, and the customer of one sees nothing of the other', async () => {
    const customer = await shop.customerOf(at('#1001'));
    expect((await customer('GET', `/v1/orders/${at('#1001')}`)).status).toBe(200);
    for (const other of ['1001', 'A/1']) expect((await customer('GET', `/v1/orders/${at(other)}/returnable`)).status).toBe(404);
    expect((await customer('GET', `/v1/returns/${at('1001-R1')}`)).status).toBe(404);
  });

  it('are kept by a browser that is signed in', async () => {
    const { token } = await ok(shop.call<{ token: string }>('POST', `/v1/orders/${at('#1001')}/sessions`, {}), 201);
    const browser = new Browser(shop.app);
    await browser.signIn(token);
    expect((await browser.ask('GET', `/v1/returns/${at('#1001-R1')}`)).status).toBe(200);
  });

  it('are one with blanks around or accents typed in two signs', async () => {
    await ok(put('Café 1'), 201);
    for (const id of [' Café 1 ', 'Cafe\u0301\u00A01'])
      expect((await ok(shop.call<{ orderId: string }>('GET', `/v1/orders/${at(id)}`))).orderId).toBe('Café 1');
  });

  it('that nobody could tell apart are refused in words', async () => {
    for (const id of ['A\u200B1', 'A\u00AD1', '\u202EA1', 'A\n1', '100%', '...']) {
      const answer = await put(id);
      expect([id, answer.status, answer.body]).toMatchObject([
        id,
        400,
        { code: 'validation_failed', errors: [{ detail: expect.stringContaining('nothing invisible') }] },
      ]);
    }
    expect(await refusal(put('A'.repeat(81)))).toEqual([400, 'validation_failed']);
  });

  it('come in by files as well', async () => {
    const lines = ['#2001', '2001', 'B/2', 'Order 2']
      .map((orderId) => JSON.stringify({ orderId, ...orderBody({ number: orderId }) }))
      .join('\n');
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/x-ndjson' };
    const text = await (await fetch(`${shop.app.url}/v1/orders/import`, { method: 'POST', body: lines, headers })).text();
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { status: string }).status),
    ).toEqual(Array(4).fill('registered'));
    expect((await shop.lookAtOrder(at('B/2'))).orderId).toBe('B/2');
  });
});
