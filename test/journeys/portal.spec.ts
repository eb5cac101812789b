import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Processes } from '../../src/eventing/process-runner.js';
import type { QuoteAnswer, ReturnableAnswer } from '../../src/portal/portal.dto.js';
import type { HistoryAnswer } from '../../src/returns/api/return-history.dto.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import type { Call } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';
import { DAY, ok, orderBody, refusal, returnBody, Shop, START } from './shop-front.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());
afterEach(() => {
  shop.now = START;
});

const policy = (said: object = {}) => ok(shop.call('PUT', '/v1/policy', said));
const quote = (orderId: string, lines: Readonly<Record<string, number>>, over: object = {}) =>
  ok(shop.call<QuoteAnswer>('POST', `/v1/orders/${orderId}/returns/quote`, returnBody(lines, over)));
const post = (path: string, body: object = {}) => ok(shop.call<PresentedReturn>('POST', path, body));
const history = (returnId: string) => ok(shop.call<HistoryAnswer>('GET', `/v1/returns/${returnId}/history`));

describe('Before deciding', () => {
  it('a customer sees what may come back, until when, and why', async () => {
    await policy();
    const orderId = await shop.order();
    const customer = await shop.customerOf(orderId);
    const returnable = await ok(customer<ReturnableAnswer>('GET', `/v1/orders/${orderId}/returnable`));
    expect(returnable).toMatchObject({
      currency: 'EUR',
      returnableUntil: '2026-04-04',
      lines: [
        { lineId: 'shirt', returnable: 3, decision: 'eligible', words: 'This item can be returned until 4 April 2026.' },
        { lineId: 'mug', returnable: 1 },
      ],
    });
    expect(returnable.reasons.map((reason) => reason.code)).toContain('too_small');
    shop.now = START + 40 * DAY;
    const late = await ok(shop.call<ReturnableAnswer>('GET', `/v1/orders/${orderId}/returnable`));
    expect(late.lines[0]).toMatchObject({ decision: 'ineligible', returnable: 0 });
  });

  it('a quote says what filing would bring, and changes nothing', async () => {
    await policy({ returnShipping: { feeMinor: 300, freeFromMinor: 10_000 } });
    const orderId = await shop.order();
    const quoted = await quote(orderId, { shirt: 2 }, { method: 'label' });
    expect(quoted).toMatchObject({
      currency: 'EUR',
      lines: [{ lineId: 'shirt', quantity: 2, decision: 'eligible', refundMinor: 3968 }],
      fees: [{ code: 'return_shipping', amountMinor: 300 }],
      totalRefundMinor: 3668,
    });
    expect(quoted.methods.find(({ method }) => method === 'own_shipping')).toMatchObject({ feeMinor: 0 });
    expect(await shop.lookAtOrder(orderId)).toMatchObject({ revision: 0, returns: [] });
    const filed = await shop.filed(orderId, { shirt: 2 }, { method: 'label' });
    expect(filed.money.quotedMinor).toBe(3668);
  });

  it('a quote tells the bonus of store credit apart, and what each outcome comes to', async () => {
    await policy({ storeCreditBonusBp: 500 });
    const orderId = await shop.order();
    const outcomes = [
      { outcome: 'original_payment', bonusMinor: 0, totalRefundMinor: 3968 },
      { outcome: 'store_credit', bonusMinor: 198, totalRefundMinor: 4166 },
    ];
    expect(await quote(orderId, { shirt: 2 })).toMatchObject({ bonusMinor: 0, totalRefundMinor: 3968, outcomes });
    expect(await quote(orderId, { shirt: 2 }, { outcome: 'store_credit' })).toMatchObject({
      bonusMinor: 198,
      totalRefundMinor: 4166,
      outcomes,
    });
    expect((await shop.filed(orderId, { shirt: 2 }, { outcome: 'store_credit' })).money.quotedMinor).toBe(4166);
  });

  it('a quote takes a request whose reason is still open', async () => {
    await policy();
    const orderId = await shop.order();
    const open = await ok(
      shop.call<QuoteAnswer>('POST', `/v1/orders/${orderId}/returns/quote`, { lines: [{ lineId: 'mug', quantity: 1 }] }),
    );
    expect(open.lines).toMatchObject([{ decision: 'eligible', refundMinor: 1050 }]);
  });
});

describe('Filing a return', () => {
  it('freezes the terms, answers with the return, and says where it is', async () => {
    await policy();
    const orderId = await shop.order();
    const customer = await shop.customerOf(orderId);
    const filed = await customer<PresentedReturn>('POST', `/v1/orders/${orderId}/returns`, returnBody({ shirt: 1, mug: 1 }));
    expect([filed.status, filed.headers.get('location')]).toEqual([201, `/v1/returns/${orderId}-R1`]);
    expect(filed.body).toMatchObject({
      returnId: `${orderId}-R1`,
      orderId,
      status: 'approved',
      requestedAt: new Date(START).toISOString(),
      outcome: 'original_payment',
      method: 'own_shipping',
      lines: [
        { lineId: 'shirt', sku: 'SHIRT-M', authorised: 1, awaiting: 1, received: 0 },
        { lineId: 'mug', authorised: 1 },
      ],
    });
    expect(await ok(customer('GET', `/v1/returns/${orderId}-R1`))).toEqual(filed.body);
    expect(await shop.lookAtOrder(orderId)).toMatchObject({
      lines: [
        { returnable: 2, inReturn: 1 },
        { returnable: 0, inReturn: 1 },
      ],
      returns: [{ returnId: `${orderId}-R1`, status: 'approved' }],
    });
  });

  it('happens once under one key, even when the policy has changed in between', async () => {
    await policy();
    const orderId = await shop.order();
    const key = { 'idempotency-key': 'file-1' };
    const first = await shop.call('POST', `/v1/orders/${orderId}/returns`, returnBody({ mug: 1 }), key);
    await policy({ windowDays: 1 });
    const again = await shop.call('POST', `/v1/orders/${orderId}/returns`, returnBody({ mug: 1 }), key);
    expect([again.status, again.headers.get('idempotency-replayed'), again.headers.get('location')]).toEqual([
      201,
      'true',
      first.headers.get('location'),
    ]);
    expect(again.body).toEqual(first.body);
    expect(await refusal(shop.call('POST', `/v1/orders/${orderId}/returns`, returnBody({ shirt: 1 }), key))).toEqual([
      422,
      'idempotency_conflict',
    ]);
    await policy();
  });

  it('keeps what the customer writes out of the log, for those who may see the return', async () => {
    const orderId = await shop.order();
    const line = { lineId: 'mug', quantity: 1, reason: 'other', condition: 'used', note: 'Ada broke the handle\nsorry' };
    const filed = await ok(
      shop.call<PresentedReturn>('POST', `/v1/orders/${orderId}/returns`, { lines: [line], method: 'own_shipping' }),
      201,
    );
    expect(filed.lines[0]?.note).toBe(line.note);
    expect(JSON.stringify(await history(filed.returnId))).not.toContain('handle');
  });

  it.each<[string, object, number, string]>([
    ['more units than are left', returnBody({ shirt: 4 }), 409, 'quantity_not_returnable'],
    ['a line the order does not have', returnBody({ hat: 1 }), 422, 'unknown_line'],
    ['a reason that is none', { lines: [{ lineId: 'mug', quantity: 1, reason: 'nope' }] }, 422, 'reason_not_a_leaf'],
    ['a reason without the note it needs', { lines: [{ lineId: 'mug', quantity: 1, reason: 'other' }] }, 422, 'note_required'],
    ['half a unit', { lines: [{ lineId: 'mug', quantity: 0.5, reason: 'too_small' }] }, 400, 'validation_failed'],
    [
      'a quantity beyond what numbers hold',
      { lines: [{ lineId: 'mug', quantity: 2 ** 53, reason: 'too_small' }] },
      400,
      'validation_failed',
    ],
    ['no lines', { lines: [] }, 400, 'validation_failed'],
    [
      'a note with half a character',
      { lines: [{ lineId: 'mug', quantity: 1, reason: 'other', note: '\ud800' }] },
      400,
      'validation_failed',
    ],
    ['an unknown field', { ...returnBody({ mug: 1 }), speed: 'fast' }, 400, 'validation_failed'],
  ])('refuses %s, and writes nothing', async (_, body, status, code) => {
    await policy();
    const orderId = await shop.order();
    expect(await refusal(shop.call('POST', `/v1/orders/${orderId}/returns`, body))).toEqual([status, code]);
    expect(await shop.lookAtOrder(orderId)).toMatchObject({ revision: 0, returns: [] });
  });

  it('refuses an order that does not exist, and units already on their way', async () => {
    expect(await refusal(shop.call('POST', '/v1/orders/NO-SUCH/returns', returnBody({ mug: 1 })))).toEqual([404, 'not_found']);
    expect(
      await refusal(
        shop.call('POST', '/v1/orders/NO-SUCH/returns', { lines: [{ lineId: 'mug', quantity: 1, reason: 'other', note: 'x' }] }),
      ),
    ).toEqual([404, 'not_found']);
    const orderId = await shop.order();
    await shop.filed(orderId, { mug: 1 });
    expect(await refusal(shop.call('POST', `/v1/orders/${orderId}/returns`, returnBody({ mug: 1 })))).toEqual([409, 'already_returned']);
  });

  it('adds up one line named twice', async () => {
    const orderId = await shop.order();
    const line = { lineId: 'shirt', quantity: 2, reason: 'too_small', condition: 'opened' };
    expect(await refusal(shop.call('POST', `/v1/orders/${orderId}/returns`, { lines: [line, line] }))).toEqual([
      409,
      'quantity_not_returnable',
    ]);
    const filed = await ok(
      shop.call<PresentedReturn>('POST', `/v1/orders/${orderId}/returns`, { lines: [line, { ...line, quantity: 1 }], method: 'in_store' }),
      201,
    );
    expect(filed.lines).toMatchObject([{ lineId: 'shirt', authorised: 3 }]);
  });

  it('keeps a customer to his own order', async () => {
    const mine = await shop.order();
    const other = await shop.filed(await shop.order(), { mug: 1 });
    const customer = await shop.customerOf(mine);
    const foreign: readonly [string, string, object?][] = [
      ['GET', `/v1/returns/${other.returnId}`],
      ['GET', `/v1/returns/${other.returnId}/history`],
      ['GET', `/v1/orders/${other.orderId}/returnable`],
      ['POST', `/v1/orders/${other.orderId}/returns`, returnBody({ shirt: 1 })],
      ['POST', `/v1/returns/${other.returnId}/cancel`, {}],
      ['GET', `/v1/returns/${mine}-R9`],
    ];
    for (const [method, path, body] of foreign)
      expect([path, ...(await refusal(customer(method, path, body)))]).toEqual([path, 404, 'not_found']);
  });
});

describe('Deciding about a return', () => {
  it('goes through review to approval', async () => {
    await policy({ approval: { auto: false } });
    const orderId = await shop.order();
    const { returnId, status, reviewReasons } = await shop.filed(orderId, { mug: 1 });
    expect([status, reviewReasons.map(({ code }) => code)]).toEqual(['in_review', ['review_all']]);
    expect((await post(`/v1/returns/${returnId}/approve`)).status).toBe('approved');
    expect((await post(`/v1/returns/${returnId}/approve`)).status).toBe('approved');
    const reviewed = await post(`/v1/returns/${returnId}/review`, { code: 'fraud_check', reason: 'Ask Ada for a photo' });
    expect([reviewed.status, reviewed.reviewReasons]).toEqual(['in_review', [{ code: 'fraud_check', words: 'Ask Ada for a photo' }]]);
    const customer = await shop.customerOf(orderId);
    expect((await customer('GET', `/v1/returns/${returnId}`)).text).not.toContain('Ask Ada');
    expect((await customer('GET', `/v1/returns/${returnId}/history`)).text).not.toContain('Ask Ada');
    expect((await history(returnId)).items.at(-1)?.words).toBe('Sent to review: Ask Ada for a photo.');
    await policy();
  });

  it('declines, and the units may be returned again', async () => {
    await policy({ approval: { auto: false } });
    const orderId = await shop.order();
    const { returnId } = await shop.filed(orderId, { mug: 1 });
    expect(await post(`/v1/returns/${returnId}/decline`, { code: 'worn', note: 'Clearly worn' })).toMatchObject({
      status: 'declined',
      endReason: 'worn',
      lines: [{ released: 1, awaiting: 0 }],
    });
    expect(await refusal(shop.call('POST', `/v1/returns/${returnId}/approve`))).toEqual([409, 'invalid_state']);
    await policy();
    expect((await shop.filed(orderId, { mug: 1 })).returnId).toBe(`${orderId}-R2`);
  });

  it('declines with words for the customer, and others among staff', async () => {
    await policy({ approval: { auto: false } });
    const orderId = await shop.order();
    const { returnId } = await shop.filed(orderId, { mug: 1 });
    await post(`/v1/returns/${returnId}/decline`, { code: 'worn', note: 'The sole is worn through', reason: 'Third time this year' });
    const customer = await shop.customerOf(orderId);
    const told = async (call: Call, headers = {}): Promise<string | undefined> =>
      (await call<HistoryAnswer>('GET', `/v1/returns/${returnId}/history`, undefined, headers)).body.items.at(-1)?.words;
    expect(await told(customer)).toBe('Declined (worn): “The sole is worn through”.');
    expect(await told(customer, { 'accept-language': 'de' })).toContain('„The sole is worn through“.');
    expect(await told(shop.call)).toBe('Declined (worn): “The sole is worn through”. (Third time this year)');
    await policy();
  });

  it('lets the customer cancel, in his own words, as long as nothing is on its way', async () => {
    const orderId = await shop.order();
    const { returnId } = await shop.filed(orderId, { mug: 1 });
    const customer = await shop.customerOf(orderId);
    expect(await refusal(customer('POST', `/v1/returns/${returnId}/approve`))).toEqual([403, 'forbidden']);
    expect(await ok(customer('POST', `/v1/returns/${returnId}/cancel`, { reason: 'My sister wants it' }))).toMatchObject({
      status: 'cancelled',
      endReason: 'My sister wants it',
    });
    expect((await ok(customer<PresentedReturn>('GET', `/v1/returns/${returnId}`))).endReason).toBe('My sister wants it');
    const events = await ok(shop.call<{ items: { type: string }[] }>('GET', `/v1/returns/${returnId}/history`));
    expect(events.items.at(-1)).toMatchObject({ type: 'ReturnCancelled', words: 'Cancelled by the customer.' });
  });

  it('closes and opens again', async () => {
    const { returnId } = await shop.filed(await shop.order(), { mug: 1 });
    expect(await post(`/v1/returns/${returnId}/close`, { reason: 'customer_kept_it' })).toMatchObject({
      status: 'closed',
      endReason: 'customer_kept_it',
    });
    expect((await post(`/v1/returns/${returnId}/reopen`, {})).status).toBe('approved');
    expect(await refusal(shop.call('POST', '/v1/returns/NO-SUCH-R1/close', {}))).toEqual([404, 'not_found']);
    expect(await refusal(shop.call('POST', '/v1/returns/NO-SUCH/close', {}))).toEqual([404, 'not_found']);
  });

  it('keeps among staff what they write of closing, opening again and cancelling; codes are for the customer too', async () => {
    const orderId = await shop.order();
    const { returnId } = await shop.filed(orderId, { mug: 1 });
    const customer = await shop.customerOf(orderId);
    const german = { 'accept-language': 'de' };
    const seen = async (call: Call, headers = {}) => {
      const { endReason } = await ok(call<PresentedReturn>('GET', `/v1/returns/${returnId}`, undefined, headers));
      return [endReason, (await ok(call<HistoryAnswer>('GET', `/v1/returns/${returnId}/history`, undefined, headers))).items.at(-1)?.words];
    };
    await post(`/v1/returns/${returnId}/close`, { reason: 'Ada lied on the phone' });
    expect(await seen(shop.call)).toEqual(['Ada lied on the phone', 'Closed: Ada lied on the phone.']);
    expect(await seen(customer)).toEqual([null, 'Closed.']);
    expect(await seen(customer, german)).toEqual([null, 'Abgeschlossen.']);
    await post(`/v1/returns/${returnId}/reopen`, { reason: 'She did not' });
    expect(await seen(customer)).toEqual([null, 'Opened again.']);
    expect(await seen(customer, german)).toEqual([null, 'Wieder geöffnet.']);
    await post(`/v1/returns/${returnId}/cancel`, { reason: 'She lied after all' });
    expect(await seen(shop.call)).toEqual(['She lied after all', 'Cancelled by the shop: She lied after all.']);
    expect(await seen(customer)).toEqual([null, 'Cancelled by the shop.']);
    expect(await seen(customer, german)).toEqual([null, 'Vom Shop storniert.']);

    const other = await shop.filed(orderId, { mug: 1 });
    await post(`/v1/returns/${other.returnId}/close`, { reason: 'kept_it' });
    expect((await ok(customer<PresentedReturn>('GET', `/v1/returns/${other.returnId}`))).endReason).toBe('kept_it');
  });

  it('honours If-Match', async () => {
    const { returnId, revision } = await shop.filed(await shop.order(), { mug: 1 });
    expect(await refusal(shop.call('POST', `/v1/returns/${returnId}/cancel`, {}, { 'if-match': `"${revision - 1}"` }))).toEqual([
      412,
      'revision_mismatch',
    ]);
    expect((await shop.call('POST', `/v1/returns/${returnId}/cancel`, {}, { 'if-match': `"${revision}"` })).status).toBe(200);
  });
});

describe('Following a return', () => {
  it('shows it as it was at any moment', async () => {
    await policy();
    const { returnId } = await shop.filed(await shop.order(), { mug: 1 });
    shop.now = START + DAY;
    await post(`/v1/returns/${returnId}/cancel`, {});
    const asOf = (ms: number) => shop.call<PresentedReturn>('GET', `/v1/returns/${returnId}?asOf=${new Date(ms).toISOString()}`);
    expect((await ok(asOf(START))).status).toBe('approved');
    expect((await ok(asOf(START + DAY))).status).toBe('cancelled');
    expect((await asOf(START - 1)).status).toBe(404);
    expect(await refusal(shop.call('GET', `/v1/returns/${returnId}?asOf=yesterday`))).toEqual([400, 'validation_failed']);
  });

  it('tells its history in words; who acted is for staff', async () => {
    const orderId = await shop.order();
    const customer = await shop.customerOf(orderId);
    const { returnId } = await ok(
      customer<PresentedReturn>('POST', `/v1/orders/${orderId}/returns`, returnBody({ shirt: 2 }, { method: 'label' })),
      201,
    );
    await post(`/v1/returns/${returnId}/cancel`, { reason: 'Called us, wants to keep it' });
    const told = (await history(returnId)).items.filter(({ type }) => type !== 'LabelIssued' && type !== 'LabelVoided');
    expect(told.map(({ words }) => words)).toEqual([
      'Return of 2 units requested; €39.68 expected back the way it was paid.',
      'Approved at once by the return policy.',
      'A return label was ordered.',
      'Cancelled by the shop: Called us, wants to keep it.',
    ]);
    expect(told[0]).toMatchObject({
      at: new Date(START).toISOString(),
      revision: 1,
      who: { kind: 'customer', id: `customer-of-${orderId}`, channel: 'portal' },
    });
    const seen = await ok(customer<HistoryAnswer>('GET', `/v1/returns/${returnId}/history`));
    expect(seen.items.find(({ type }) => type === 'ReturnCancelled')?.who).toEqual({ kind: 'admin' });
    expect(await refusal(shop.call('GET', `/v1/returns/${orderId}-R9/history`))).toEqual([404, 'not_found']);
  });
});

describe('A return of which nothing is ever sent', () => {
  it('expires when its own terms say so, and not before', async () => {
    await policy({ windowDays: null, expireAfterDays: 14 });
    const orderId = await shop.order({ lines: orderBody().lines });
    const { returnId } = await shop.filed(orderId, { mug: 1 });
    await policy({ windowDays: null });
    const later = await shop.filed(orderId, { shirt: 1 });
    shop.now = START + 14 * DAY;
    shop.app.app.get(Processes).wake();
    await waitFor(async () => (await shop.look(returnId)).status === 'expired', 'the return to expire');
    expect((await history(returnId)).items.at(-1)).toMatchObject({
      words: 'Expired: nothing was sent within 14 days.',
      who: { kind: 'system' },
    });
    expect((await shop.look(later.returnId)).status).toBe('approved');
    expect(await shop.lookAtOrder(orderId)).toMatchObject({ lines: [{ returnable: 2 }, { returnable: 1 }] });
  });
});
