/** An SMTP server in this process that keeps what it takes, or refuses it. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { waitFor } from './wait-for.js';

/** `source`: the message as it came over the wire. */
export type ReceivedMail = { readonly to: readonly string[]; readonly source: string; readonly code: string; readonly id: string };

export class SmtpDouble {
  readonly mails: ReceivedMail[] = [];
  /** Tries to deliver, refused ones too. */
  attempts = 0;
  /** SMTP reply instead of taking the recipient; null = takes everything. */
  refuses: number | null = null;
  /** Takes the mail, then breaks the connection off before saying so. */
  forgetsToAnswer = false;

  private constructor(
    private readonly server: SMTPServer,
    readonly url: string,
  ) {}

  static async open(): Promise<SmtpDouble> {
    const holder: { double?: SmtpDouble } = {};
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo(address, _session, done) {
        const double = holder.double!;
        double.attempts += 1;
        if (double.refuses === null) return done();
        done(Object.assign(new Error(`no such user <${address.address}>`), { responseCode: double.refuses }));
      },
      onData(stream, session, done) {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          const double = holder.double!;
          double.take(
            session.envelope.rcptTo.map(({ address }) => address),
            Buffer.concat(parts).toString('utf8'),
          );
          if (double.forgetsToAnswer) return done(Object.assign(new Error('try again'), { responseCode: 451 }));
          done();
        });
      },
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    holder.double = new SmtpDouble(server, `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`);
    return holder.double;
  }

  /** The `n`th mail (from 1). */
  async mail(n: number): Promise<ReceivedMail> {
    await waitFor(() => this.mails.length >= n, `mail ${n}`);
    return this.mails[n - 1]!;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private take(to: readonly string[], source: string): void {
    this.mails.push({
      to,
      source,
      code: /\b(\d{4}) (\d{4})\b/.exec(source)?.slice(1).join('') ?? '',
      id: /^Message-ID: (.*)$/im.exec(source)?.[1] ?? '',
    });
  }
}
