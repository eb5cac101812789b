/** Everything that follows the log: what the service keeps views of, and the events those are made from. */
import { labelVoidsOwed } from './carriers/label-voids-owed.js';
import { labelsOwed } from './carriers/labels-owed.js';
import type { Projection } from './eventing/projection.js';
import { todoProjection } from './eventing/todo-projection.js';
import type { EventCatalogue } from './eventing/upcasting.js';
import type { Views } from './eventing/views.js';
import { refundLatencyProjection } from './finance/refund-latency.projection.js';
import { refundsProjection } from './finance/refunds.projection.js';
import { expiriesDue } from './operations/expiries-due.js';
import { returnRatesProjection } from './operations/return-rates.projection.js';
import { returnsBoardProjection } from './operations/returns-board.projection.js';
import { paymentReferencesProjection } from './payments/payment-references.projection.js';
import { payoutsOwed } from './payments/payouts-owed.js';
import { policyModel } from './policy/rules/policy.decider.js';
import { orderNumbersProjection } from './portal/order-numbers.projection.js';
import { returnsModel } from './returns/rules/returns.decider.js';
import type { FoldedOrder } from './returns/rules/returns.fold.js';
import { foundParcelsProjection } from './warehouse/found-parcels.projection.js';
import { handoversOwed } from './warehouse/handovers-owed.js';
import { receivingQueueProjection } from './warehouse/receiving-queue.projection.js';
import { foundParcelModel } from './warehouse/rules/found-parcel.decider.js';
import type { FoldedParcel } from './warehouse/rules/found-parcel.state.js';

/** Every event there is, in today's shape. */
export function registerEvents(catalogue: EventCatalogue): void {
  catalogue.register(returnsModel);
  catalogue.register(policyModel);
  catalogue.register(foundParcelModel);
}

/** Of orders with their returns. */
export const RETURNS_VIEWS: readonly Projection<FoldedOrder>[] = [
  returnsBoardProjection,
  returnRatesProjection,
  receivingQueueProjection,
  refundsProjection,
  refundLatencyProjection,
  orderNumbersProjection,
  paymentReferencesProjection,
  todoProjection(labelsOwed),
  todoProjection(labelVoidsOwed),
  todoProjection(payoutsOwed),
  todoProjection(expiriesDue),
];
/** Of parcels nobody announced. */
const FOUND_PARCEL_VIEWS: readonly Projection<FoldedParcel>[] = [foundParcelsProjection, todoProjection(handoversOwed)];

export function registerViews(views: Views): void {
  for (const projection of RETURNS_VIEWS) views.register(projection);
  for (const projection of FOUND_PARCEL_VIEWS) views.register(projection);
}
