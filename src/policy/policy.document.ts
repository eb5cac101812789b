/** From what a merchant says to a whole policy document, and back to what he is shown. */
import { DEFAULT_POLICY } from './policy.defaults.js';
import type { PolicyAnswer, PolicyDto } from './policy.dto.js';
import type { PolicyDocument } from './policy.events.js';
import type { PolicyInForce } from './policy.lookup.js';

/** Every field left out gets its default, also inside the parts; lists are taken whole. */
export function completeDocument(said: PolicyDto): PolicyDocument {
  const { finalSale, returnShipping, approval, gradeFactorsBp, reasons } = DEFAULT_POLICY;
  return {
    windowDays: said.windowDays === undefined ? DEFAULT_POLICY.windowDays : said.windowDays,
    transitBufferDays: said.transitBufferDays ?? DEFAULT_POLICY.transitBufferDays,
    timeZone: said.timeZone ?? DEFAULT_POLICY.timeZone,
    finalSale: filled(finalSale, said.finalSale),
    reasons: said.reasons?.map(({ code, label, parent = null, fault, requiresNote = false }) => ({ code, label, parent, fault, requiresNote })) ?? reasons,
    returnShipping: filled(returnShipping, said.returnShipping),
    restockingFeeBp: said.restockingFeeBp ?? DEFAULT_POLICY.restockingFeeBp,
    keepItemBelowMinor: said.keepItemBelowMinor === undefined ? DEFAULT_POLICY.keepItemBelowMinor : said.keepItemBelowMinor,
    approval: filled(approval, said.approval),
    inspectionRequired: said.inspectionRequired ?? DEFAULT_POLICY.inspectionRequired,
    refundTrigger: said.refundTrigger ?? DEFAULT_POLICY.refundTrigger,
    outboundShipping: said.outboundShipping ?? DEFAULT_POLICY.outboundShipping,
    tenderOrder: said.tenderOrder ?? DEFAULT_POLICY.tenderOrder,
    brokenPromotion: said.brokenPromotion ?? DEFAULT_POLICY.brokenPromotion,
    gradeFactorsBp: filled(gradeFactorsBp, said.gradeFactorsBp),
    storeCreditBonusBp: said.storeCreditBonusBp ?? DEFAULT_POLICY.storeCreditBonusBp,
    outcomes: said.outcomes ?? DEFAULT_POLICY.outcomes,
    methods: said.methods ?? DEFAULT_POLICY.methods,
    expireAfterDays: said.expireAfterDays ?? DEFAULT_POLICY.expireAfterDays,
  };
}

/** A field that was declared and left out is there as undefined; it must not hide its default. */
function filled<T extends object>(defaults: T, said: Partial<T> | undefined): T {
  return { ...defaults, ...Object.fromEntries(Object.entries(said ?? {}).filter(([, value]) => value !== undefined)) };
}

export function presentPolicy({ policyId, version, publishedAt, document }: PolicyInForce): PolicyAnswer {
  const { finalSale, reasons, approval, outcomes, methods, ...others } = document;
  return {
    id: policyId,
    version,
    publishedAt,
    ...others,
    finalSale: { categories: [...finalSale.categories], skus: [...finalSale.skus] },
    reasons: reasons.map((reason) => ({ ...reason })),
    approval: { ...approval, declineReasons: [...approval.declineReasons] },
    outcomes: [...outcomes],
    methods: [...methods],
  };
}
