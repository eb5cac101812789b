/** `/dev/outbox`: mails nobody sent, for developers. The module adds it only outside production and only without SMTP_URL. */
import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../access/access.js';
import { notFound } from '../http/problem.js';
import { escapeHtml } from './mail.port.js';
import { Outbox } from './outbox.adapter.js';

const HTML = 'text/html; charset=utf-8';
/** Nothing is loaded, run, framed or sent from these pages. */
const SAFE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const page = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title></head><body><h1>${escapeHtml(title)}</h1>\n${body}\n</body></html>\n`;

@ApiExcludeController()
@Public()
@Controller('dev/outbox')
export class OutboxController {
  constructor(private readonly outbox: Outbox) {}

  @Get()
  @Header('content-type', HTML)
  @Header('content-security-policy', SAFE)
  @Header('cache-control', 'no-store')
  @Header('x-content-type-options', 'nosniff')
  // A mail is written a moment after it was asked for.
  @Header('refresh', '3')
  async list(): Promise<string> {
    const mails = await this.outbox.list();
    const items = mails.map(
      ({ name, at, to, subject }) =>
        `<li><a href="/dev/outbox/${encodeURIComponent(name)}">${escapeHtml(subject)}</a> to ${escapeHtml(to)}, ${escapeHtml(at)}</li>`,
    );
    return page(
      'Outbox',
      items.length === 0 ? '<p>No mail yet. This page looks again every few seconds.</p>' : `<ul>\n${items.join('\n')}\n</ul>`,
    );
  }

  @Get(':mailName')
  @Header('content-type', HTML)
  @Header('content-security-policy', SAFE)
  @Header('cache-control', 'no-store')
  @Header('x-content-type-options', 'nosniff')
  async one(@Param('mailName') name: string): Promise<string> {
    const mail = await this.outbox.find(name);
    if (mail === undefined) throw notFound();
    const { subject, to, at, text } = mail;
    const links = `<p><a href="/dev/outbox">All mails</a> · <a href="/dev/outbox/${encodeURIComponent(name)}/eml">As .eml</a></p>`;
    return page(subject, `<p>To ${escapeHtml(to)}, ${escapeHtml(at)}</p>\n<pre>${escapeHtml(text)}</pre>\n${links}`);
  }

  @Get(':mailName/eml')
  @Header('content-security-policy', SAFE)
  @Header('cache-control', 'no-store')
  @Header('x-content-type-options', 'nosniff')
  async eml(@Param('mailName') name: string): Promise<StreamableFile> {
    const message = await this.outbox.eml(name);
    if (message === undefined) throw notFound();
    return new StreamableFile(message, { type: 'message/rfc822', disposition: `attachment; filename="${name}.eml"` });
  }
}
