/** Why somebody did something, and why a return is looked at, as its reader may have it. Pure. */
import { POLICY_WORDS } from '../../policy/policy.words.js';
import type { Language } from '../../shared/language.js';
import type { Reason, ReviewReason } from '../rules/returns.events.js';

/** What people wrote, by its reference into the contacts store. */
export type TextOf = (textRef: string) => string;
/** A reason with its text read. */
export type ReadReason = { readonly code: string } | { readonly text: string };

/** @returns null for what is not for the reader: customers do not read what staff `wrote` for each other */
export function readReason(reason: Reason, text: TextOf, isWithheld: boolean): ReadReason | null {
  if ('code' in reason) return reason;
  if (isWithheld) return null;
  return { text: 'textRef' in reason ? text(reason.textRef) : reason.words };
}

/** The code or the text as the API answers it; null for none, and for what is not for the reader. */
export function plainReason(reason: Reason | null, text: TextOf, isWithheld: boolean): string | null {
  const read = reason === null ? null : readReason(reason, text, isWithheld);
  return read === null ? null : 'code' in read ? read.code : read.text;
}

/** Why a payout could not even be tried, for finance. */
const NOT_TRIED: ReadonlyMap<string, (provider: string) => string> = new Map([
  [
    'simulated_payments_refused',
    () => 'Simulated payments are refused in production; set ALLOW_SIMULATED_PAYMENTS=true and retry, or settle or reroute',
  ],
  [
    'provider_not_set_up',
    (provider: string) => `No payment provider "${provider.slice(0, 40)}" is set up; set it up and retry, or settle or reroute`,
  ],
]);

/** Why a payout failed, is in doubt or parked, as staff read it. `provider`: who executes it. */
export function payoutReason(reason: Reason | null, provider: string, text: TextOf): string | null {
  const words = reason !== null && 'code' in reason ? NOT_TRIED.get(reason.code) : undefined;
  return words === undefined ? plainReason(reason, text, false) : words(provider);
}

/** Why the core sends a return to a person. */
type CoreReview = 'grade_x' | 'late_parcel';
/** `looked_at`: nothing but a shop's own code was given; `withheld`: what was written is for staff. */
type ReviewWords = Readonly<Record<CoreReview | 'looked_at' | 'withheld', string>>;

export const REVIEW_WORDS: Readonly<Record<Language, ReviewWords>> = {
  en: {
    grade_x: 'An item was graded X: wrong, counterfeit or an empty box.',
    late_parcel: 'The parcel came in after the return had ended.',
    looked_at: 'A person looks at this return',
    withheld: 'a person looks at this return',
  },
  de: {
    grade_x: 'Ein Artikel entspricht nicht dem, was wir erwartet haben.',
    late_parcel: 'Das Paket ist erst nach Ende der Rücksendung eingetroffen.',
    looked_at: 'Persönliche Prüfung',
    withheld: 'persönliche Prüfung',
  },
};

const reviewsIn = (language: Language): ReadonlyMap<string, string> =>
  new Map(Object.entries({ ...POLICY_WORDS[language].reviews, ...REVIEW_WORDS[language] }));
const REVIEWS: Readonly<Record<Language, ReadonlyMap<string, string>>> = { en: reviewsIn('en'), de: reviewsIn('de') };

/** Why a return is looked at: what was given as the reason, else what its code means. */
export function reviewInWords({ code, reason }: ReviewReason, language: Language, text: TextOf, isWithheld = false): string {
  if (reason === null) return REVIEWS[language].get(code) ?? REVIEW_WORDS[language].looked_at;
  return plainReason(reason, text, isWithheld) ?? REVIEW_WORDS[language].withheld;
}
