/** What may be returned, and what it would give back, in the words of the reader. Pure. */
import { labelOf, POLICY_WORDS } from '../../policy/policy.words.js';
import type { PolicyDocument } from '../../policy/rules/policy.events.js';
import type { Language } from '../../shared/language.js';
import { quote, returnableLines, type FilingPolicy, type Quote, type ReasonNode, type ReturnWish } from '../rules/quote.js';
import type { ReturnsState } from '../rules/returns.state.js';
import { inWords } from '../words/amounts.js';
import { BLOCK_WORDS, OFFER_WORDS } from '../words/returns.words.js';
import { verdictInWords } from '../words/verdict.words.js';

function lineBody(
  { lineId, quantity, decision, verdict, reviews, refundMinor }: Quote['lines'][number],
  policy: PolicyDocument,
  language: Language,
) {
  return {
    lineId,
    quantity,
    decision,
    ruleIds: [verdict.rule.ruleId, ...reviews.map(({ ruleId }) => ruleId)],
    words: [verdictInWords(verdict, policy, language), ...reviews.map(({ code }) => POLICY_WORDS[language].reviews[code])].join(' '),
    refundMinor,
  };
}

function methodBody({ method, feeMinor, why }: Quote['methods'][number], currency: string, language: Language) {
  const say = OFFER_WORDS[language];
  if (why === 'keep' || why === 'own') return { method, feeMinor, words: say.methods[method] };
  const cost = feeMinor === 0 ? POLICY_WORDS[language].returnShipping[why] : say.feeTakenOff(inWords(feeMinor, currency, language));
  return { method, feeMinor, words: `${say.methods[method]} ${cost}` };
}

/** The quote as it is answered; see `quote` for what it says and throws. */
export function presentQuote(policy: FilingPolicy, state: ReturnsState, wish: ReturnWish, at: string, language: Language = 'en') {
  const quoted = quote(policy, state, wish, at);
  const { currency, blockedCode } = quoted;
  const say = OFFER_WORDS[language];
  return {
    ...quoted,
    lines: quoted.lines.map((line) => lineBody(line, policy.document, language)),
    fees: quoted.fees.map(({ code, amountMinor }) => ({
      code,
      amountMinor,
      words: amountMinor < 0 ? say.promotionGivenBack : say.fees[code],
    })),
    blockedWords: blockedCode === null ? null : BLOCK_WORDS[language][blockedCode],
    methods: quoted.methods.map((method) => methodBody(method, currency, language)),
    outcomes: quoted.outcomes.map((each) => ({
      ...each,
      words:
        each.outcome === 'store_credit'
          ? say.storeCredit(each.bonusMinor === 0 ? null : inWords(each.bonusMinor, currency, language))
          : say.originalPayment,
    })),
  };
}

type ReasonBody = Pick<ReasonNode['reason'], 'code' | 'label' | 'fault' | 'requiresNote'> & { readonly children: readonly ReasonBody[] };

const reasonBody = ({ reason, children }: ReasonNode, language: Language): ReasonBody => ({
  code: reason.code,
  label: labelOf(reason, language),
  fault: reason.fault,
  requiresNote: reason.requiresNote,
  children: children.map((child) => reasonBody(child, language)),
});

/** What of the order may be returned now, as it is answered. @throws DomainError not_found */
export function presentReturnable(policy: FilingPolicy, state: ReturnsState, at: string, language: Language = 'en') {
  const returnable = returnableLines(policy, state, at);
  return {
    ...returnable,
    lines: returnable.lines.map(({ verdict, ...line }) => ({
      ...line,
      ruleIds: [verdict.rule.ruleId],
      words: verdictInWords(verdict, policy.document, language),
    })),
    reasons: returnable.reasons.map((reason) => reasonBody(reason, language)),
  };
}
