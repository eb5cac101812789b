/** Why a line of an order can or cannot be returned. Pure. */
import type { DomainError } from '../../eventing/decider.js';
import { lineInWords, POLICY_WORDS } from '../../policy/policy.words.js';
import type { Decision, LineRule } from '../../policy/rules/policy.evaluation.js';
import type { PolicyDocument } from '../../policy/rules/policy.events.js';
import type { Language } from '../../shared/language.js';
import { LineRefusedError, type UnitRule } from '../rules/decide/assessment.js';
import { OFFER_WORDS } from './returns.words.js';

type Verdict = { readonly decision: Decision; readonly rule: LineRule | UnitRule };

/** As its customer reads it. */
export function verdictInWords({ decision, rule }: Verdict, policy: PolicyDocument, language: Language): string {
  const say = OFFER_WORDS[language];
  switch (rule.ruleId) {
    case 'units.not_returnable':
      return say.notGoods;
    case 'units.already_returned':
      return say.allInReturn;
    case 'units.quantity_not_returnable':
      return rule.left === 0 ? say.nothingShipped : say.onlyLeft(rule.left);
    default:
      return lineInWords({ decision, rule }, policy, language);
  }
}

/** What was refused, for who calls the API; of a line that is not filed it says what to send instead. */
export function refusalInWords(refusal: DomainError): string {
  if (!(refusal instanceof LineRefusedError)) return refusal.message;
  const { rule, policy } = refusal;
  switch (rule.ruleId) {
    case 'reasons.requiresNote':
      return `The reason ${rule.reason} needs a note.`;
    case 'finalSale.line':
    case 'finalSale.categories':
      return POLICY_WORDS.en.finalSale;
    default:
      return verdictInWords({ decision: 'ineligible', rule }, policy, 'en');
  }
}
