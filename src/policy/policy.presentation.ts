/** A policy as the API shows it. Pure. */
import type { PolicyAnswer } from './policy.dto.js';
import type { PolicyInForce } from './policy.queries.js';
import type { PolicyDocument } from './rules/policy.events.js';

export const presentPolicy = ({ policyId, version, publishedAt, document }: PolicyInForce): PolicyAnswer => ({
  id: policyId,
  version,
  publishedAt,
  ...presentDocument(document),
});

export function presentDocument({ finalSale, reasons, approval, outcomes, methods, ...others }: PolicyDocument) {
  return {
    ...others,
    finalSale: { categories: [...finalSale.categories], skus: [...finalSale.skus] },
    reasons: reasons.map((reason) => ({ ...reason, labels: { ...reason.labels } })),
    approval: { ...approval, declineReasons: [...approval.declineReasons] },
    outcomes: [...outcomes],
    methods: [...methods],
  };
}
