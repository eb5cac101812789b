/** From what a shop says about an order to the command on its stream; personal data goes the other way, to the contacts store. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '../eventing/execute-command.js';
import { storeFaultOf } from '../eventing/store-faults.js';
import { HandleReturns, type ReturnsExecuted } from '../returns/returns.commands.js';
import type { RegisterOrder } from '../returns/decide/order.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { ContactsStore, type Contact } from '../shared/contacts.store.js';
import type { CustomerBody, OrderBody } from './orders.dto.js';

@Injectable()
export class OrderIntake {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: ReturnsQueries,
    private readonly contacts: ContactsStore,
  ) {}

  /**
   * Registers or amends the order. The same order again appends nothing.
   * @param at ISO 8601 UTC, when the service was asked
   * @throws DomainError by the rules of the order
   */
  async register(orderId: string, order: OrderBody, at: string, context: CommandContext): Promise<ReturnsExecuted> {
    const contactRef = this.contacts.contactRefOf(orderId);
    // An accepted order is never without its contact, so the first one goes before the order. From then on an amendment
    // changes it once it has been accepted: what is refused changes nothing.
    const isFirst = (await this.contacts.getContact(contactRef)) === undefined;
    if (isFirst) await this.contacts.putContact(contactRef, contactOf(order.customer));
    const executed = await this.commands.execute(new HandleReturns(orderId, registerOrder(orderId, order, at, contactRef), context)).catch(async (error: unknown) => {
      if (isFirst && storeFaultOf(error) === undefined) await this.#forgetUnlessOrdered(orderId, contactRef);
      throw error;
    });
    // Costs nothing where it is there already.
    await this.contacts.putContact(contactRef, contactOf(order.customer));
    return executed;
  }

  /** What was refused for good leaves nobody's address behind; whatever came of anything else, the caller sends it again. */
  async #forgetUnlessOrdered(orderId: string, contactRef: string): Promise<void> {
    const { state } = await this.queries.ofOrder(orderId);
    if (state.order === null) await this.contacts.removeContact(contactRef);
  }
}

function registerOrder(orderId: string, order: OrderBody, at: string, contactRef: string): RegisterOrder {
  return {
    rail: 'order',
    type: 'RegisterOrder',
    at,
    number: order.number ?? orderId,
    placedAt: order.placedAt,
    currency: order.currency,
    contactRef,
    lines: order.lines.map((line) => ({
      lineId: line.lineId,
      sku: line.sku,
      barcode: line.barcode ?? null,
      title: line.title ?? line.sku,
      category: line.category ?? null,
      quantity: line.quantity,
      fulfilledQuantity: line.fulfilledQuantity ?? line.quantity,
      deliveredAt: line.deliveredAt ?? null,
      paid: { netMinor: line.paid.netMinor, taxMinor: line.paid.taxMinor },
      finalSale: line.finalSale,
      weightGrams: line.weightGrams ?? null,
    })),
    shipping: { netMinor: order.shipping?.netMinor ?? 0, taxMinor: order.shipping?.taxMinor ?? 0 },
    payments: order.payments.map(({ paymentId, provider, reference, method, capturedMinor }) => ({ paymentId, provider, reference, method, capturedMinor })),
    promotions: (order.promotions ?? []).map(({ promotionId, thresholdMinor, discountMinor }) => ({ promotionId, thresholdMinor, discountMinor })),
  };
}

function contactOf(customer: CustomerBody | null | undefined): Contact {
  const address = customer?.address ?? null;
  return {
    name: customer?.name ?? null,
    email: customer?.email ?? null,
    phone: customer?.phone ?? null,
    address: address && {
      line1: address.line1 ?? null,
      line2: address.line2 ?? null,
      city: address.city ?? null,
      region: address.region ?? null,
      postalCode: address.postalCode ?? null,
      country: address.country ?? null,
    },
  };
}
