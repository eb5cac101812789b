/** The portal's languages: the one the customer chose, else the first of the browser's that we have, else English. */
import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { inBrowser } from './kept';
import { de } from './words/de';
import { en, type Words } from './words/en';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Words };
  }
}

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];
const STORED = 'backhaul.language';

const isLanguage = (text: string | null | undefined): text is Language => text === 'en' || text === 'de';

/** @param wanted BCP 47 tags, the most wanted first */
function firstWeHave(wanted: readonly string[]): Language {
  return wanted.map((tag) => tag.split('-', 1)[0]?.toLowerCase()).find(isLanguage) ?? 'en';
}

function initialLanguage(): Language {
  const stored = inBrowser.get(STORED);
  return isLanguage(stored) ? stored : firstWeHave(navigator.languages);
}

const portal = i18next.createInstance();
const first = initialLanguage();
document.documentElement.lang = first;
void portal.use(initReactI18next).init({
  lng: first,
  fallbackLng: 'en',
  initAsync: false,
  showSupportNotice: false,
  resources: { en: { translation: en }, de: { translation: de } },
  // React writes text, never markup.
  interpolation: { escapeValue: false },
});

/** The language shown; the API is asked for its words in the same one. */
export function useLanguage(): Language {
  const { i18n } = useTranslation(undefined, { i18n: portal });
  return isLanguage(i18n.language) ? i18n.language : 'en';
}

/** Shows everything in another language and remembers it in this browser. */
export function switchTo(language: Language): void {
  inBrowser.set(STORED, language);
  document.documentElement.lang = language;
  void portal.changeLanguage(language);
}

/** `t('check.send')`; words are looked up when they are shown, so that they follow the language. */
export const useWords = () => useTranslation(undefined, { i18n: portal }).t;
export type Say = ReturnType<typeof useWords>;
