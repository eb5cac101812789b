/** What people write about a return: kept with the customer's data, a reference on the log (docs/decisions/072). */
import { Injectable } from '@nestjs/common';
import { ContactsStore } from '../contacts/contacts.store.js';
import { notFound } from '../http/problem.js';
import type { Language } from '../shared/language.js';
import { ReturnsQueries } from './returns.queries.js';

/** What may stand in the log as it is: a code, not a sentence somebody wrote. */
const CODE = /^[a-z][a-z0-9_]{0,59}$/;
/** Splits words at whatever looks like an id, keeping the ids. */
const ID = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/;
/** Ids the contacts store gives. */
const REFERENCE = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Whether somebody wrote it: its reference stands in the log, where a code would stand as it is. */
export const isSentence = (words: string): boolean => REFERENCE.test(words);

type Stand = {
  /** Shown where the words were erased with the customer's data. */
  readonly erased: string;
  /** What a customer reads where staff wrote why they look at his return. */
  readonly inReview: string;
};
const STANDS_FOR: Readonly<Record<Language, Stand>> = {
  en: { erased: '(erased)', inReview: 'a person looks at this return' },
  de: { erased: '(gelöscht)', inReview: 'persönliche Prüfung' },
};

@Injectable()
export class Sentences {
  constructor(
    private readonly queries: ReturnsQueries,
    private readonly contacts: ContactsStore,
  ) {}

  /**
   * Keeps the text under the order's customer, so that it goes when his data goes.
   * @returns the reference; null without a text
   * @throws Problem not_found without such an order
   */
  async keep(orderId: string, text: string | null | undefined): Promise<string | null> {
    return text === null || text === undefined ? null : this.#put(orderId, text);
  }

  /** A code as it is, a sentence as its reference, `otherwise` without either. @throws Problem not_found */
  async keepUnlessCode(orderId: string, words: string | null | undefined, otherwise: string): Promise<string> {
    if (words === null || words === undefined) return otherwise;
    return CODE.test(words) ? words : this.#put(orderId, words);
  }

  /**
   * The words with every reference in them read.
   * @param language of what stands in for words that are not there or not for this reader
   * @param withheld what was written is not for this reader
   */
  async read(words: string, language: Language = 'en', withheld = false): Promise<string> {
    const say = STANDS_FOR[language];
    const parts = await Promise.all(words.split(ID).map(async (part) => (REFERENCE.test(part) ? this.#get(part, say, withheld) : part)));
    return parts.join('');
  }

  async #get(reference: string, { erased, inReview }: Stand, withheld: boolean): Promise<string> {
    return withheld ? inReview : ((await this.contacts.getText(reference)) ?? erased);
  }

  async #put(orderId: string, text: string): Promise<string> {
    const { order } = (await this.queries.ofOrder(orderId)).state;
    if (order === null) throw notFound();
    return this.contacts.putText(order.contactRef, text);
  }
}
