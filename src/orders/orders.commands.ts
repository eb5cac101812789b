/** From what a shop says about an order to the command on its stream; personal data goes the other way, to the contacts store. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ContactsStore, type Contact } from '../contacts/contacts.store.js';
import type { CommandContext } from '../eventing/execute-command.js';
import { storeFaultOf } from '../eventing/store-faults.js';
import { Problem } from '../http/problem.js';
import { PolicyQueries } from '../policy/policy.queries.js';
import { HandleReturns, type ReturnsExecuted } from '../returns/returns.commands.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { decideOrder, type RegisterOrder } from '../returns/rules/decide/order.js';
import { paymentBalances } from '../returns/rules/money/caps.js';
import { readInstant } from '../shared/instants.js';
import type { CustomerBody, CustomerFate, OrderBody } from './orders.dto.js';
import { spoiledIds } from './spoiled-ids.js';

/** Of one order; the rest is likely to be the same. */
const MOST_ERRORS = 50;

/** What became of the order, and of what is known about its customer. */
export type Registered = ReturnsExecuted & { readonly customer: CustomerFate };
export type Registering = {
  /** ISO 8601 UTC, when the service was asked. */
  readonly at: string;
  /** Take ids that look spoiled by a spreadsheet. */
  readonly idsAsWritten: boolean;
};

@Injectable()
export class OrderIntake {
  constructor(
    private readonly commands: CommandBus,
    private readonly contacts: ContactsStore,
    private readonly queries: ReturnsQueries,
    private readonly policies: PolicyQueries,
  ) {}

  /**
   * Registers or amends the order. The same order again appends nothing.
   * @throws DomainError by the rules of the order
   * @throws Problem validation_failed ids that are not the shop's any more, an item with neither SKU nor title
   */
  async register(orderId: string, order: OrderBody, { at, idsAsWritten }: Registering, context: CommandContext): Promise<Registered> {
    checkNames(orderId, order, idsAsWritten);
    const contactRef = this.contacts.contactRefOf(orderId);
    // An accepted order is never without its contact, so the first one goes before the order. From then on an amendment
    // changes it once it has been accepted: what is refused changes nothing.
    const known = await this.contacts.getContact(contactRef);
    if (known === undefined) await this.contacts.putContact(contactRef, contactOf(order.customer));
    const command = new HandleReturns(orderId, registerOrder(orderId, order, at, contactRef, await this.#timeZone()), context);
    const executed = await this.commands.execute(command).catch(async (error: unknown) => {
      if (known === undefined && storeFaultOf(error) === undefined) await this.#forgetUnlessOrdered(orderId, contactRef);
      throw error;
    });
    return { ...executed, customer: await this.#keepCustomer(contactRef, known, order.customer) };
  }

  /** An order that tells nothing about its customer leaves them as they are; one that says there is nobody (`null`, `{}`) erases them. */
  async #keepCustomer(contactRef: string, known: Contact | undefined, told: CustomerBody | null | undefined): Promise<CustomerFate> {
    const contact = contactOf(told);
    if (told !== undefined && !isNobody(contact)) {
      // Costs nothing where it is there already.
      await this.contacts.putContact(contactRef, contact);
      return 'stored';
    }
    if (known === undefined || isNobody(known)) return 'none';
    if (told === undefined) return 'kept';
    await this.contacts.putContact(contactRef, contact);
    return 'erased';
  }

  /**
   * What registering the order would come to, by the rules and what is known of it now. Nothing is written.
   * @throws DomainError, Problem as `register`
   */
  async foresee(orderId: string, order: OrderBody, { at, idsAsWritten }: Registering): Promise<'registered' | 'amended' | 'unchanged'> {
    checkNames(orderId, order, idsAsWritten);
    const { state } = await this.queries.ofOrder(orderId);
    const events = decideOrder(registerOrder(orderId, order, at, this.contacts.contactRefOf(orderId), await this.#timeZone()), state);
    if (events.length === 0) return 'unchanged';
    return state.order === null ? 'registered' : 'amended';
  }

  /** What has been given back through the order's payments, here or told as given back elsewhere; minor units. */
  async refundedAsKnown(orderId: string): Promise<number> {
    const { state } = await this.queries.ofOrder(orderId);
    return state.order === null
      ? 0
      : paymentBalances(state, state.order).reduce((sum, payment) => sum + payment.refundedMinor + payment.refundedElsewhereMinor, 0);
  }

  /** Where times without an offset and days alone are meant. */
  async #timeZone(): Promise<string> {
    return (await this.policies.inForce()).document.timeZone;
  }

  /** What was refused for good leaves nobody's address behind; whatever came of anything else, the caller sends it again. */
  async #forgetUnlessOrdered(orderId: string, contactRef: string): Promise<void> {
    const { state } = await this.queries.ofOrder(orderId);
    if (state.order === null) await this.contacts.removeContact(contactRef);
  }
}

const isNobody = ({ name, email, phone, address }: Contact): boolean => [name, email, phone, address].every((each) => each === null);

function checkNames(orderId: string, order: OrderBody, idsAsWritten: boolean): void {
  const nameless = order.lines.flatMap(({ sku, title }, index) =>
    (sku ?? null) === null && (title ?? null) === null ? [`/lines/${index}/title`] : [],
  );
  const errors = [
    ...(idsAsWritten ? [] : spoiledIds(orderId, order)),
    ...nameless.map((pointer) => ({
      pointer,
      detail: 'An item without a SKU needs a title: the warehouse finds it by its name.',
      in: 'body' as const,
    })),
  ].slice(0, MOST_ERRORS);
  const [first] = errors;
  if (first !== undefined) throw new Problem('validation_failed', first.detail, { errors });
}

function registerOrder(orderId: string, order: OrderBody, at: string, contactRef: string, timeZone: string): RegisterOrder {
  // What is no point in time was refused when the body was read.
  const instantOf = (text: string): string => readInstant(text, timeZone) ?? text;
  return {
    type: 'RegisterOrder',
    at,
    number: order.number ?? orderId,
    placedAt: instantOf(order.placedAt),
    currency: order.currency,
    contactRef,
    lines: order.lines.map((line) => ({
      lineId: line.lineId,
      kind: line.kind,
      sku: line.sku ?? null,
      barcode: line.barcode ?? null,
      title: line.title ?? line.sku ?? '',
      category: line.category ?? null,
      quantity: line.quantity,
      fulfilledQuantity: line.fulfilledQuantity ?? line.quantity,
      deliveredAt: line.deliveredAt === null || line.deliveredAt === undefined ? null : instantOf(line.deliveredAt),
      paid: { netMinor: line.paid.netMinor, taxMinor: line.paid.taxMinor },
      finalSale: line.finalSale,
      weightGrams: line.weightGrams ?? null,
    })),
    shipping: { netMinor: order.shipping?.netMinor ?? 0, taxMinor: order.shipping?.taxMinor ?? 0 },
    payments: order.payments.map(({ paymentId, provider, reference, method, capturedMinor }) => ({
      paymentId,
      provider,
      reference,
      method,
      capturedMinor,
    })),
    promotions: (order.promotions ?? []).map(({ promotionId, thresholdMinor, discountMinor }) => ({
      promotionId,
      thresholdMinor,
      discountMinor,
    })),
  };
}

function contactOf(customer: CustomerBody | null | undefined): Contact {
  const parts = customer?.address ?? null;
  const address = parts !== null && Object.values(parts).some((part) => (part ?? null) !== null) ? parts : null;
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
