/** A policy as the API shows it. Pure. */
import type { PolicyAnswer } from './policy.dto.js';
import type { PolicyInForce } from './policy.queries.js';

export function presentPolicy({ policyId, version, publishedAt, document }: PolicyInForce): PolicyAnswer {
  const { finalSale, reasons, approval, outcomes, methods, ...others } = document;
  return {
    id: policyId,
    version,
    publishedAt,
    ...others,
    finalSale: { categories: [...finalSale.categories], skus: [...finalSale.skus] },
    reasons: reasons.map((reason) => ({ ...reason, labels: { ...reason.labels } })),
    approval: { ...approval, declineReasons: [...approval.declineReasons] },
    outcomes: [...outcomes],
    methods: [...methods],
  };
}
