/** What people write about a return: kept with the customer's data, a reference on the log (docs/decisions/072). */
import { Injectable } from '@nestjs/common';
import { ContactsStore } from '../contacts/contacts.store.js';
import type { Json } from '../eventing/event-store.js';
import { notFound } from '../http/problem.js';
import type { Language } from '../shared/language.js';
import { ReturnsQueries } from './returns.queries.js';
import type { Reason } from './rules/returns.events.js';
import type { TextOf } from './words/reason.words.js';

/** Callers give a code or words in one field: this is what a code looks like. */
const CODE = /^[a-z][a-z0-9_]{0,59}$/;
/** Shown where a text was erased with the customer's data. */
const ERASED: Readonly<Record<Language, string>> = { en: '(erased)', de: '(gelöscht)' };
/** Members of events and states that hold the reference of a text. */
const TEXT_MEMBERS: ReadonlySet<string> = new Set(['noteRef', 'reasonRef', 'textRef']);

function textRefsIn(value: Json): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries<Json>(value).flatMap(([member, inner]) =>
    typeof inner === 'string' ? (TEXT_MEMBERS.has(member) ? [inner] : []) : textRefsIn(inner),
  );
}

@Injectable()
export class CustomerTexts {
  constructor(
    private readonly queries: ReturnsQueries,
    private readonly contacts: ContactsStore,
  ) {}

  /**
   * Keeps the text under the order's customer, so that it goes when their data goes.
   * @returns the reference; null without a text
   * @throws Problem not_found without such an order
   */
  async keep(orderId: string, text: string | null | undefined): Promise<string | null> {
    return text === null || text === undefined ? null : this.#put(orderId, text);
  }

  /** The reason given as a code or in words, which are kept; `otherwise` where none was given. @throws Problem not_found */
  async reason<Otherwise extends Reason | null>(
    orderId: string,
    given: string | null | undefined,
    otherwise: Otherwise,
  ): Promise<Reason | Otherwise> {
    return given === null || given === undefined ? otherwise : this.reasonOf(orderId, given);
  }

  /** The same where one was given for sure. @throws Problem not_found */
  async reasonOf(orderId: string, given: string): Promise<Reason> {
    return CODE.test(given) ? { code: given } : { textRef: await this.#put(orderId, given) };
  }

  /** Every text that `value` (events, or parts of a return) refers to, to be had by its reference. */
  async readAll(value: Json, language: Language = 'en'): Promise<TextOf> {
    const texts = new Map<string, string>();
    for (const ref of new Set(textRefsIn(value))) texts.set(ref, (await this.contacts.getText(ref)) ?? ERASED[language]);
    return (ref) => texts.get(ref) ?? ERASED[language];
  }

  async #put(orderId: string, text: string): Promise<string> {
    const { order } = (await this.queries.ofOrder(orderId)).state;
    if (order === null) throw notFound();
    return this.contacts.putText(order.contactRef, text);
  }
}
