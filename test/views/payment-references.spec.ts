import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { paymentReferencesProjection, paymentsCalled } from '../../src/payments/payment-references.projection.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import { projectionKit, type ProjectionKit } from '../support/projection-kit.js';

const NOTHING_BOUGHT = {
  ...{ at: '2026-03-01T09:00:00.000Z', placedAt: '2026-03-01T09:00:00.000Z', number: '1', currency: 'EUR', contactRef: 'contact-1' },
  ...{ lines: [], shipping: { netMinor: 0, taxMinor: 0 }, promotions: [] },
};

describe('What providers call payments', () => {
  let kit: ProjectionKit;
  beforeEach(async () => {
    kit = await projectionKit(paymentReferencesProjection);
  });
  afterEach(() => kit.dispose());

  const told = (orderId: string, type: 'OrderRegistered' | 'OrderAmended', ...payments: readonly (readonly [string, string, string])[]) =>
    kit.happened(returnsStream(orderId), {
      type,
      data: {
        ...NOTHING_BOUGHT,
        payments: payments.map(([paymentId, provider, reference]) => ({
          paymentId,
          provider,
          reference,
          method: 'card',
          capturedMinor: 1,
        })),
      },
    });
  const called = (provider: string, ...references: readonly string[]) =>
    kit.store.head().then((head) => paymentsCalled(kit.views, { provider, references }, head));

  it('leads to the payments of orders as they are now', async () => {
    await told('A', 'OrderRegistered', ['card', 'stripe', 'pi_1'], ['gift', 'stripe', 'pi_2']);
    await told('B', 'OrderRegistered', ['card', 'stripe', 'ch_3'], ['cash', 'manual', '']);
    await told('A', 'OrderAmended', ['card', 'stripe', 'pi_9']);
    expect(await called('stripe', 'pi_9', 'ch_of_it')).toEqual([{ orderId: 'A', paymentId: 'card', currency: 'EUR' }]);
    expect(await called('stripe', 'pi_1', 'pi_2')).toEqual([]);
    expect(await called('stripe', 'pi_of_it', 'ch_3')).toEqual([{ orderId: 'B', paymentId: 'card', currency: 'EUR' }]);
    expect(await called('another', 'ch_3')).toEqual([]);
    expect(await called('manual', '')).toEqual([]);
  });

  it('comes out the same however often it is built', async () => {
    await told('A', 'OrderRegistered', ['card', 'stripe', 'pi_1']);
    await told('A', 'OrderAmended', ['card', 'stripe', 'pi_2'], ['more', 'stripe', 'pi_1']);
    await told('A', 'OrderAmended', ['more', 'stripe', 'pi_1']);
    await kit.expectRepeatable();
  });
});
