/** What the policy tells customers, in every language we have: labels of reasons, why not, until when, what return shipping costs. Pure. */
import { dayInWords, type Language } from '../shared/language.js';
import { DEFAULT_POLICY } from './rules/policy.defaults.js';
import type { LineDecision } from './rules/policy.evaluation.js';
import type { PolicyDocument, ReturnReason } from './rules/policy.events.js';

/** Days come in words. */
const ENGLISH = {
  soldAsFinal: 'This item was sold as final sale and cannot be returned.',
  finalSale: 'This item is final sale and cannot be returned.',
  finalSaleCategory: (category: string) => `Items of the category ${category} are final sale and cannot be returned.`,
  windowClosed: (day: string) => `This item could be returned until ${day}.`,
  reasonNotALeaf: (code: string) => `Please choose a more precise reason than ${code}.`,
  reasonUnknown: (code: string) => `There is no reason ${code}.`,
  noteRequired: (label: string) => `Please tell us more: the reason "${label}" needs a note.`,
  reasonDeclined: (label: string) => `Items cannot be returned for the reason "${label}".`,
  returnable: 'This item can be returned.',
  returnableUntil: (day: string) => `This item can be returned until ${day}.`,
  reviews: {
    review_all: 'Every return is looked at before it is approved.',
    review_above: 'Returns of this value are looked at before they are approved.',
  },
  returnShipping: {
    keep: 'You keep the item and get your money back.',
    own: 'You see to return shipping yourself.',
    free: 'Return shipping is free.',
    notYourFault: 'Return shipping is free, because the reason is not your doing.',
    orderValue: 'Return shipping is free for an order of this value.',
    charged: 'Return shipping is taken off your refund.',
  },
};
export const POLICY_WORDS: Readonly<Record<Language, typeof ENGLISH>> = {
  en: ENGLISH,
  de: {
    soldAsFinal: 'Dieser Artikel wurde ohne Rückgaberecht verkauft.',
    finalSale: 'Dieser Artikel ist von der Rückgabe ausgeschlossen.',
    finalSaleCategory: (category) => `Artikel der Kategorie ${category} sind von der Rückgabe ausgeschlossen.`,
    windowClosed: (day) => `Die Rückgabefrist für diesen Artikel ist am ${day} abgelaufen.`,
    reasonNotALeaf: (code) => `Bitte wählen Sie einen genaueren Grund als ${code}.`,
    reasonUnknown: (code) => `Den Grund ${code} gibt es nicht.`,
    noteRequired: (label) => `Bitte beschreiben Sie kurz, worum es geht: Der Grund „${label}“ braucht eine Anmerkung.`,
    reasonDeclined: (label) => `Aus dem Grund „${label}“ ist keine Rückgabe möglich.`,
    returnable: 'Sie können diesen Artikel zurückgeben.',
    returnableUntil: (day) => `Sie können diesen Artikel bis zum ${day} zurückgeben.`,
    reviews: {
      review_all: 'Wir prüfen jede Rücksendung, bevor wir sie genehmigen.',
      review_above: 'Rücksendungen in dieser Höhe prüfen wir, bevor wir sie genehmigen.',
    },
    returnShipping: {
      keep: 'Sie behalten den Artikel und bekommen Ihr Geld zurück.',
      own: 'Sie kümmern sich selbst um die Rücksendung.',
      free: 'Die Rücksendung ist kostenlos.',
      notYourFault: 'Die Rücksendung ist kostenlos, weil der Grund nicht bei Ihnen liegt.',
      orderValue: 'Bei diesem Bestellwert ist die Rücksendung kostenlos.',
      charged: 'Die Kosten der Rücksendung ziehen wir von Ihrer Erstattung ab.',
    },
  },
};

/** Reasons the service comes with, as long as the merchant leaves their labels as they came. */
const GERMAN_LABELS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    too_small: 'Zu klein',
    too_large: 'Zu groß',
    not_as_described: 'Entspricht nicht der Beschreibung',
    changed_mind: 'Anders überlegt',
    defective: 'Defekt',
    wrong_item: 'Falscher Artikel geliefert',
    arrived_damaged: 'Beschädigt angekommen',
    other: 'Sonstiges',
  }),
);
const DEFAULT_LABELS: ReadonlyMap<string, string> = new Map(DEFAULT_POLICY.reasons.map(({ code, label }) => [code, label]));

/** The reason as customers read it: the merchant's translation; ours of a reason left as it came; else the merchant's own label. */
export function labelOf({ code, label, labels }: ReturnReason, language: Language): string {
  const isAsItCame = DEFAULT_LABELS.get(code) === label;
  return labels[language] ?? (isAsItCame && language === 'de' ? GERMAN_LABELS.get(code) : undefined) ?? label;
}

/** What the policy says about a line, as its customer reads it. */
export function lineInWords(
  { decision, rule }: Pick<LineDecision, 'decision' | 'rule'>,
  { reasons, timeZone }: PolicyDocument,
  language: Language,
): string {
  const say = POLICY_WORDS[language];
  switch (rule.ruleId) {
    case 'finalSale.line':
      return say.soldAsFinal;
    case 'finalSale.skus':
      return say.finalSale;
    case 'finalSale.categories':
      return say.finalSaleCategory(rule.category);
    case 'windowDays.none':
      return say.returnable;
    case 'windowDays': {
      const day = dayInWords(rule.until, language, timeZone);
      return decision === 'ineligible' ? say.windowClosed(day) : say.returnableUntil(day);
    }
    default: {
      const reason = reasons.find(({ code }) => code === rule.reason);
      if (reason === undefined) return say.reasonUnknown(rule.reason);
      if (rule.ruleId === 'reasons') return say.reasonNotALeaf(rule.reason);
      return rule.ruleId === 'reasons.requiresNote'
        ? say.noteRequired(labelOf(reason, language))
        : say.reasonDeclined(labelOf(reason, language));
    }
  }
}
