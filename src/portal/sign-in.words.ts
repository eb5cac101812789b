/** The mail with the code. It holds no link: what is to be typed in cannot be phished by clicking. */
import { escapeHtml, type Mail } from '../notices/mail.port.js';
import { dayInWords, type Language } from '../shared/language.js';

/** `placedAt`: ISO 8601 UTC. `code`: eight digits. */
type SignInFacts = { readonly number: string; readonly placedAt: string; readonly code: string; readonly minutes: number };

type Words = {
  readonly subject: string;
  readonly lines: (facts: SignInFacts & { readonly day: string }) => readonly [string, string, string];
};

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    subject: 'Your sign-in code',
    lines: ({ number, day, minutes }) => [
      `Your code for the return of order ${number} of ${day}:`,
      `It is valid for ${minutes} minutes and can be used once.`,
      'Nobody from the shop will ever ask you for it. If you did not ask for it, you need not do anything.',
    ],
  },
  de: {
    subject: 'Ihr Anmeldecode',
    lines: ({ number, day, minutes }) => [
      `Ihr Code für die Rückgabe zur Bestellung ${number} vom ${day}:`,
      `Er gilt ${minutes} Minuten und kann einmal verwendet werden.`,
      'Niemand vom Shop wird Sie je danach fragen. Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun.',
    ],
  },
};

export function signInMail(facts: SignInFacts, language: Language): Pick<Mail, 'subject' | 'text' | 'html' | 'language'> {
  const { subject, lines } = WORDS[language];
  const day = dayInWords(facts.placedAt, language, 'UTC');
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
