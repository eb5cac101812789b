import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mail.port.js';

/** The mail as nodemailer takes it. Nothing in it is read from files or fetched from addresses. */
export const messageOf = (mail: Mail, from: string): SendMailOptions => ({
  from,
  to: { name: '', address: mail.to },
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  messageId: `<${mail.id}@backhaul>`,
  // RFC 3834: no out-of-office answers to a machine.
  headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': mail.language },
  disableFileAccess: true,
  disableUrlAccess: true,
});
