/** What finance sends about a payout. */
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import type { Action } from './actions';

/** What a person has filled in. `reason`: of settle the bank's reference, of fail a code. */
export type Wish = {
  readonly action: Action;
  readonly refundId: string;
  readonly paymentId: string;
  readonly reason: string;
  /** Of reroute. */
  readonly destination: Schemas['RerouteRefundBody']['destination'];
  readonly toPaymentId: string | null;
};

/**
 * Sends it for the return as it was seen, so that nobody decides on what has changed meanwhile.
 * @param key the same for every attempt of one wish
 * @param revision of the return that was seen
 * @throws ApiProblem
 */
export function send(
  { action, refundId, paymentId, reason, destination, toPaymentId }: Wish,
  key: string,
  revision: number,
): Promise<Schemas['ReturnAnswer']> {
  const asked = { params: { path: { refundId }, header: { 'Idempotency-Key': key, 'If-Match': `"${revision}"` } } };
  switch (action) {
    case 'retry':
      return answerOf(staffApi.POST('/v1/refunds/{refundId}/retry', { ...asked, body: { paymentId, reason } }));
    case 'settle':
      return answerOf(staffApi.POST('/v1/refunds/{refundId}/settle', { ...asked, body: { paymentId, providerRefundId: reason } }));
    case 'fail':
      return answerOf(staffApi.POST('/v1/refunds/{refundId}/fail', { ...asked, body: { paymentId, code: reason } }));
    case 'reroute':
      return answerOf(staffApi.POST('/v1/refunds/{refundId}/reroute', { ...asked, body: { paymentId, reason, destination, toPaymentId } }));
  }
}
