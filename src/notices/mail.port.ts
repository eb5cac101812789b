/** Handing a mail over: to an SMTP server, or to a folder where a developer reads it. */
import type { Language } from '../shared/language.js';

/** Name under which Nest provides the {@link MailPort}. */
export const MAIL = Symbol('MAIL');

export type Mail = {
  /** Stable for the same mail; becomes its Message-ID, so that a mail sent twice can be told from two mails. */
  readonly id: string;
  /** One address, without a name. */
  readonly to: string;
  readonly subject: string;
  /** The whole mail for readers without HTML. */
  readonly text: string;
  /** The same, as a document that loads nothing. */
  readonly html: string;
  readonly language: Language;
};

/** The mail cannot be delivered however often it is tried: no such mailbox, address not taken. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
}

/** What went wrong, by the codes of client and server: their messages may hold the address. */
export class MailNotSentError extends Error {
  override readonly name = 'MailNotSentError';
}

export interface MailPort {
  /**
   * Returns once somebody else has taken the mail over for good.
   * @throws MailRefusedError trying again is useless
   * @throws MailNotSentError nobody may have taken it; trying again may deliver it twice
   */
  send(mail: Mail): Promise<void>;
  /** Shown to operators. */
  readonly id: string;
  /** True: nothing is sent. */
  readonly simulated: boolean;
  /** What is wrong with how it is set up, in words, for those that can tell. Undefined: nothing is. */
  whatIsWrong?(): Promise<string | undefined>;
  close(): void;
}

/** Text as it may stand anywhere in an HTML document, also within quotes. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
