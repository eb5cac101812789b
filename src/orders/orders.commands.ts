/** From what a shop says about an order to the command on its stream; personal data goes the other way, to the contacts store. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '../eventing/execute-command.js';
import { HandleReturns, type ReturnsExecuted } from '../returns/returns.commands.js';
import type { RegisterOrder } from '../returns/decide/order.js';
import { ContactsStore, type Contact } from '../shared/contacts.store.js';
import type { CustomerBody, OrderBody } from './orders.dto.js';

@Injectable()
export class OrderIntake {
  constructor(
    private readonly commands: CommandBus,
    private readonly contacts: ContactsStore,
  ) {}

  /**
   * Registers or amends the order. The same order again appends nothing.
   * @param at ISO 8601 UTC, when the service was asked
   * @throws DomainError by the rules of the order
   */
  async register(orderId: string, order: OrderBody, at: string, context: CommandContext): Promise<ReturnsExecuted> {
    // The reference depends on the order alone, so the contact can follow once the order has been accepted: what is
    // refused leaves nothing behind, and a crash in between is mended by the caller sending the order again.
    const contactRef = this.contacts.contactRefOf(orderId);
    const executed = await this.commands.execute(new HandleReturns(orderId, registerOrder(orderId, order, at, contactRef), context));
    await this.contacts.putContact(contactRef, contactOf(order.customer));
    return executed;
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
      kind: line.kind,
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
