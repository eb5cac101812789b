/** What a customer sees of their return over HTTP, in its answer and as it happens: nothing that is the shop's own business. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { policyStream } from '../../src/policy/rules/policy.events.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { Desk, ok } from './warehouse-desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open({ inspectionRequired: true });
});
afterAll(() => desk.close());

/** A label was bought, pieces received, graded and refused by the stock system, money given by hand; then staff closed it. */
async function handled(): Promise<string> {
  const { returnId } = await desk.labelled({ red: 2 });
  ok(await desk.receive(returnId, 's1', [{ lineId: 'red', quantity: 1 }]));
  ok(await desk.post(`/v1/returns/${returnId}/inspections`, { items: [{ lineId: 'red', quantity: 1, grade: 'A' }] }));
  ok(await desk.post(`/v1/returns/${returnId}/dispositions`, { items: [{ lineId: 'red', quantity: 1, disposition: 'restock' }] }));
  ok(await desk.post(`/v1/returns/${returnId}/restocks/${returnId}-S1/block`, { reason: 'recalled' }));
  ok(await desk.shop('POST', `/v1/returns/${returnId}/refunds`, { amountMinor: 100, reason: 'Jane was upset' }), 201);
  ok(await desk.shop('POST', `/v1/returns/${returnId}/review`, { code: 'fraud_check', reason: 'Ask Jane for a photo' }));
  ok(await desk.shop('POST', `/v1/returns/${returnId}/approve`));
  ok(await desk.shop('POST', `/v1/returns/${returnId}/close`, { reason: 'Jane lied' }));
  return returnId;
}

/** Data of every event the token's stream tells so far, up to the one of `last` type. */
async function streamed(token: string, last: string): Promise<string> {
  const leave = new AbortController();
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${desk.app.url}/v1/events?after=start`, { headers, signal: leave.signal });
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.includes(`event: ${last}\n`) && text.endsWith('\n\n')) break;
  }
  leave.abort();
  return text;
}

describe('A customer', () => {
  it('reads no cost, document, clerk, station, key or reason of staff: not in the return, its history nor its events', async () => {
    const returnId = await handled();
    const orderId = returnId.slice(0, -'-R1'.length);
    const { token } = ok(await desk.shop<{ token: string }>('POST', `/v1/orders/${orderId}/sessions`, {}), 201);
    const customer = desk.app.as(token);
    const answer = await customer<PresentedReturn>('GET', `/v1/returns/${returnId}`);
    const ret = ok(answer);
    expect(ret).toMatchObject({ status: 'closed', endReason: null, restocks: [], labels: [{ costMinor: null }] });
    expect(ret.reviewReasons).toEqual([{ code: 'fraud_check', words: 'a person looks at this return' }]);
    expect(ret.refunds[0]).toMatchObject({ reason: null, payouts: [{ key: null, code: null }] });
    const staffs = await desk.look(returnId);
    expect(Object.keys(ret)).toEqual(Object.keys(staffs));
    expect([staffs.endReason, staffs.labels[0]?.costMinor, staffs.restocks.length]).toEqual(['Jane lied', expect.any(Number), 1]);
    const history = await customer('GET', `/v1/returns/${returnId}/history`);
    const events = await streamed(token, 'ReturnClosed');
    expect(events).toContain('event: LabelIssued');
    expect(answer.text + events).not.toContain('recalled');
    for (const text of [answer.text, history.text, events]) {
      expect(text).not.toMatch(/Jane|dock-2|"clerk"|"station"|documentRef|textRef|contactRef/);
      expect(text).not.toMatch(/"costMinor":\d/);
      expect(text).not.toContain(policyStream(''));
    }
  });
});
