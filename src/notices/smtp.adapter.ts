/** Mail by SMTP (nodemailer): a few connections kept open, every step bounded in time. */
import { createTransport } from 'nodemailer';
import { MailNotSentError, MailRefusedError, type Mail, type MailPort } from './mail.port.js';
import { messageOf } from './message.js';

const CONNECTIONS = 4;
const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;

export class SmtpMail implements MailPort {
  readonly id = 'smtp';
  readonly simulated = false;
  readonly #transport;

  /** @param url `smtp://user:password@host:port` or `smtps://…`, with nodemailer's options as its query */
  constructor(
    url: string,
    private readonly from: string,
  ) {
    this.#transport = createTransport({
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      maxConnections: CONNECTIONS,
      pool: true,
      url,
    });
  }

  async send(mail: Mail): Promise<void> {
    try {
      await this.#transport.sendMail(messageOf(mail, this.from));
    } catch (error) {
      throw inCodes(error);
    }
  }

  async whatIsWrong(): Promise<string | undefined> {
    try {
      await this.#transport.verify();
      return undefined;
    } catch (error) {
      return `The mail server of SMTP_URL does not let us in: ${inCodes(error).message}`;
    }
  }

  close(): void {
    this.#transport.close();
  }
}

/** A reply of 5xx to the envelope is the server's last word about this recipient; about the connection or the login it is not. */
function inCodes(error: unknown): Error {
  const code = memberOf(error, 'code') ?? 'unknown';
  const reply = memberOf(error, 'responseCode');
  const words = `${code}${reply === undefined ? '' : ` ${reply}`}`;
  return code === 'EENVELOPE' && reply?.startsWith('5') === true ? new MailRefusedError(words) : new MailNotSentError(words);
}

function memberOf(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
