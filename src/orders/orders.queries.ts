/** What would become of an order, and what is known of it, for whoever imports a file of them. */
import { Injectable } from '@nestjs/common';
import { ContactsStore } from '../contacts/contacts.store.js';
import { PolicyQueries } from '../policy/policy.queries.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { decideOrder } from '../returns/rules/decide/order.js';
import { paymentBalances } from '../returns/rules/money/caps.js';
import { checkNames, registration, type ShopOrder } from './registration.js';

@Injectable()
export class OrderQueries {
  constructor(
    private readonly contacts: ContactsStore,
    private readonly returns: ReturnsQueries,
    private readonly policies: PolicyQueries,
  ) {}

  /**
   * What registering the order would come to, by the rules and what is known of it now. Nothing is written.
   * @param at ISO 8601 UTC
   * @throws DomainError, Problem as `RegisterOrder`
   */
  async foresee(orderId: string, told: ShopOrder, at: string): Promise<'registered' | 'amended' | 'unchanged'> {
    checkNames(orderId, told);
    const { state } = await this.returns.ofOrder(orderId);
    const { timeZone } = (await this.policies.inForce()).document;
    const events = decideOrder(registration(orderId, told.order, { at, contactRef: this.contacts.contactRefOf(orderId), timeZone }), state);
    if (events.length === 0) return 'unchanged';
    return state.order === null ? 'registered' : 'amended';
  }

  /** What has been given back through the order's payments, here or told as given back elsewhere; minor units. */
  async refundedAsKnown(orderId: string): Promise<number> {
    const { state } = await this.returns.ofOrder(orderId);
    return state.order === null
      ? 0
      : paymentBalances(state, state.order).reduce((sum, payment) => sum + payment.refundedMinor + payment.refundedElsewhereMinor, 0);
  }
}
