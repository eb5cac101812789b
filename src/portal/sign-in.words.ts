/** The mail with the code. It holds no link: what is to be typed in cannot be phished by clicking. */
import { escapeHtml, type Mail } from '../notices/mail.port.js';
import type { Language } from './sign-in.store.js';

/** `placedAt`: ISO 8601 UTC. `code`: eight digits. */
export type SignInFacts = { readonly number: string; readonly placedAt: string; readonly code: string; readonly minutes: number };

type Words = { readonly subject: string; readonly locale: string; readonly lines: (facts: SignInFacts & { readonly day: string }) => readonly [string, string, string] };

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    subject: 'Your sign-in code',
    locale: 'en-GB',
    lines: ({ number, day, minutes }) => [
      `Your code for the return of order ${number} of ${day}:`,
      `It is valid for ${minutes} minutes and can be used once.`,
      'Nobody from the shop will ever ask you for it. If you did not ask for it, you need not do anything.',
    ],
  },
  de: {
    subject: 'Ihr Anmeldecode',
    locale: 'de-DE',
    lines: ({ number, day, minutes }) => [
      `Ihr Code für die Rückgabe zur Bestellung ${number} vom ${day}:`,
      `Er gilt ${minutes} Minuten und kann einmal verwendet werden.`,
      'Niemand vom Shop wird Sie je danach fragen. Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun.',
    ],
  },
};

export function signInMail(facts: SignInFacts, language: Language): Pick<Mail, 'subject' | 'text' | 'html' | 'language'> {
  const { subject, locale, lines } = WORDS[language];
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(facts.placedAt));
  const [what, howLong, advice] = lines({ ...facts, day });
  // In two groups, as people read it; both ways of typing it are taken.
  const code = `${facts.code.slice(0, 4)} ${facts.code.slice(4)}`;
  return {
    subject,
    language,
    text: `${what}\n\n    ${code}\n\n${howLong}\n\n${advice}\n`,
    html: `<!doctype html>\n<html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head><body style="font-family:sans-serif">
<p>${escapeHtml(what)}</p>\n<p style="font-size:28px;letter-spacing:3px"><strong>${code}</strong></p>\n<p>${escapeHtml(howLong)}</p>\n<p>${escapeHtml(advice)}</p>\n</body></html>\n`,
  };
}

/** The first language we have, in the order in which the browser wants them (`Accept-Language`); else English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '').slice(0, 500).split(',').map((part) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const weight = parameters.map((each) => /^\s*q=([01](?:\.\d{1,3})?)\s*$/.exec(each)?.[1]).find((each) => each !== undefined);
    return { language: tag.trim().split('-', 1)[0], weight: Number(weight ?? 1) };
  });
  const best = wanted.filter(({ language, weight }) => (language === 'en' || language === 'de') && weight > 0).sort((a, b) => b.weight - a.weight)[0];
  return best?.language === 'de' ? 'de' : 'en';
}
