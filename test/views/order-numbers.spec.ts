import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { orderNumbersProjection, ordersWithNumber } from '../../src/portal/order-numbers.projection.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import { projectionKit, type ProjectionKit } from '../support/projection-kit.js';

const NOTHING_BOUGHT = {
  at: '2026-03-01T09:00:00.000Z',
  placedAt: '2026-03-01T09:00:00.000Z',
  currency: 'EUR',
  contactRef: 'contact-1',
  lines: [],
  shipping: { netMinor: 0, taxMinor: 0 },
  payments: [],
  promotions: [],
};

describe('Order numbers', () => {
  let kit: ProjectionKit;
  beforeEach(async () => {
    kit = await projectionKit(orderNumbersProjection);
  });
  afterEach(() => kit.dispose());

  const told = (orderId: string, type: 'OrderRegistered' | 'OrderAmended', number: string) =>
    kit.happened(returnsStream(orderId), { type, data: { ...NOTHING_BOUGHT, number } });

  it('lead to every order that has them now, however they are typed', async () => {
    await told('A', 'OrderRegistered', '#N-1');
    await told('B', 'OrderRegistered', 'n-1 ');
    await told('C', 'OrderRegistered', 'N-2');
    const position = await told('C', 'OrderAmended', 'N-3');
    expect(await ordersWithNumber(kit.views, ' N-1', position)).toEqual(['A', 'B']);
    expect(await ordersWithNumber(kit.views, 'N-2', position)).toEqual([]);
    expect(await ordersWithNumber(kit.views, '# n-3', position)).toEqual(['C']);
    for (const typed of ['N\u20113', 'N\u20133', 'N\u200B-3', 'Ｎ－３', 'N-٣', '\u00A0N-3\t'])
      expect(await ordersWithNumber(kit.views, typed, position)).toEqual(['C']);
  });

  it('come out the same however often they are built', async () => {
    await told('A', 'OrderRegistered', 'N-1');
    await told('B', 'OrderRegistered', 'N-1');
    await told('A', 'OrderAmended', 'N-1');
    await told('A', 'OrderAmended', 'N-9');
    await kit.expectRepeatable();
  });
});
