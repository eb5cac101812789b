/** What the policy tells customers, in every language we have: labels of reasons, why not, until when, what the way back costs. Pure. */
import type { Language } from '../shared/language.js';
import type { Reason } from './rules/policy.events.js';

/** Reasons the service comes with. */
export type DefaultReason =
  'too_small' | 'too_large' | 'not_as_described' | 'changed_mind' | 'defective' | 'wrong_item' | 'arrived_damaged' | 'other';
/** Why a policy sends a request to a person. */
export type PolicyReview = 'review_all' | 'review_above';

/** Days come in words. */
export type PolicyWords = {
  readonly reasons: Readonly<Record<DefaultReason, string>>;
  readonly soldAsFinal: string;
  readonly finalSale: string;
  readonly finalSaleCategory: (category: string) => string;
  readonly windowClosed: (day: string) => string;
  readonly reasonNotALeaf: (code: string) => string;
  readonly reasonUnknown: (code: string) => string;
  readonly noteRequired: (label: string) => string;
  readonly reasonDeclined: (label: string) => string;
  readonly returnable: string;
  readonly returnableUntil: (day: string) => string;
  readonly reviews: Readonly<Record<PolicyReview, string>>;
  readonly wayBack: Readonly<Record<'keep' | 'own' | 'free' | 'notYourFault' | 'orderValue' | 'charged', string>>;
};

export const POLICY_WORDS: Readonly<Record<Language, PolicyWords>> = {
  en: {
    reasons: {
      too_small: 'Too small',
      too_large: 'Too large',
      not_as_described: 'Not as described',
      changed_mind: 'Changed my mind',
      defective: 'Defective',
      wrong_item: 'Wrong item',
      arrived_damaged: 'Arrived damaged',
      other: 'Other',
    },
    soldAsFinal: 'This item was sold as final sale and cannot be returned.',
    finalSale: 'This item is final sale and cannot be returned.',
    finalSaleCategory: (category) => `Items of the category ${category} are final sale and cannot be returned.`,
    windowClosed: (day) => `This item could be returned until ${day}.`,
    reasonNotALeaf: (code) => `Please choose a more precise reason than ${code}.`,
    reasonUnknown: (code) => `There is no reason ${code}.`,
    noteRequired: (label) => `Please tell us more: the reason "${label}" needs a note.`,
    reasonDeclined: (label) => `Items cannot be returned for the reason "${label}".`,
    returnable: 'This item can be returned.',
    returnableUntil: (day) => `This item can be returned until ${day}.`,
    reviews: {
      review_all: 'Every return is looked at before it is approved.',
      review_above: 'Returns of this value are looked at before they are approved.',
    },
    wayBack: {
      keep: 'You keep the item and get your money back.',
      own: 'You see to the way back yourself.',
      free: 'The way back is free.',
      notYourFault: 'The way back is free, because the reason is not your doing.',
      orderValue: 'The way back is free for an order of this value.',
      charged: 'The way back is taken off your refund.',
    },
  },
  de: {
    reasons: {
      too_small: 'Zu klein',
      too_large: 'Zu groß',
      not_as_described: 'Entspricht nicht der Beschreibung',
      changed_mind: 'Anders überlegt',
      defective: 'Defekt',
      wrong_item: 'Falscher Artikel geliefert',
      arrived_damaged: 'Beschädigt angekommen',
      other: 'Sonstiges',
    },
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
    wayBack: {
      keep: 'Sie behalten den Artikel und bekommen Ihr Geld zurück.',
      own: 'Sie kümmern sich selbst um die Rücksendung.',
      free: 'Die Rücksendung ist kostenlos.',
      notYourFault: 'Die Rücksendung ist kostenlos, weil der Grund nicht bei Ihnen liegt.',
      orderValue: 'Bei diesem Bestellwert ist die Rücksendung kostenlos.',
      charged: 'Die Kosten der Rücksendung ziehen wir von Ihrer Erstattung ab.',
    },
  },
};

const LABELS: Readonly<Record<Language, ReadonlyMap<string, string>>> = {
  en: new Map(Object.entries(POLICY_WORDS.en.reasons)),
  de: new Map(Object.entries(POLICY_WORDS.de.reasons)),
};

/** The reason as customers read it: the merchant's translation; ours of a reason left as it came; else the merchant's own label. */
export function labelOf({ code, label, labels }: Reason, language: Language): string {
  const isAsItCame = LABELS.en.get(code) === label;
  return labels[language] ?? (isAsItCame ? LABELS[language].get(code) : undefined) ?? label;
}
