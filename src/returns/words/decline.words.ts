/** Why a return was declined, as its customer reads it: the codes the desk offers and the rule by which a policy declines. Pure. */
import type { Language } from '../../shared/language.js';

type DeclineCode = 'outside_policy' | 'signs_of_use' | 'not_as_claimed' | 'no_answer' | 'approval.declineReasons';

const DECLINES: Readonly<Record<Language, Readonly<Record<DeclineCode, string>>>> = {
  en: {
    outside_policy: 'not covered by the return policy',
    signs_of_use: 'the item shows signs of use',
    not_as_claimed: 'the photos do not show what is claimed',
    no_answer: 'our question was not answered',
    'approval.declineReasons': 'not possible for the reason given',
  },
  de: {
    outside_policy: 'nicht von den Rückgabebedingungen gedeckt',
    signs_of_use: 'der Artikel weist Gebrauchsspuren auf',
    not_as_claimed: 'auf den Fotos ist nicht zu sehen, was beanstandet wird',
    no_answer: 'unsere Rückfrage blieb unbeantwortet',
    'approval.declineReasons': 'aus dem angegebenen Grund nicht vorgesehen',
  },
};
const isKnown = (code: string): code is DeclineCode => Object.hasOwn(DECLINES.en, code);

/** Inside a sentence; undefined for a code of a shop's own. */
export const declineWords = (code: string, language: Language): string | undefined =>
  isKnown(code) ? DECLINES[language][code] : undefined;
