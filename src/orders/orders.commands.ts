/** What a shop tells about an order. Facts go to its stream, personal data to the contacts store. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ContactsStore, type Contact } from '../contacts/contacts.store.js';
import { storeFaultOf } from '../eventing/store-faults.js';
import { PolicyQueries } from '../policy/policy.queries.js';
import { CommandOnOrder, handlerOf, ReturnsStream, type Fields, type ReturnsExecuted } from '../returns/returns.commands.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { CustomerBody, CustomerFate } from './orders.dto.js';
import { checkNames, registration, type ShopOrder } from './registration.js';

/** What became of the order, and of what is known about its customer. */
export type Registered = ReturnsExecuted & { readonly customer: CustomerFate };

/** Registers or amends an order. The same order again appends nothing. */
export class RegisterOrder extends CommandOnOrder<ShopOrder, Registered> {}

@CommandHandler(RegisterOrder)
export class RegisterOrderHandler implements ICommandHandler<RegisterOrder> {
  constructor(
    private readonly stream: ReturnsStream,
    private readonly contacts: ContactsStore,
    private readonly queries: ReturnsQueries,
    private readonly policies: PolicyQueries,
  ) {}

  /**
   * @throws DomainError by the rules of the order
   * @throws Problem validation_failed ids that are not the shop's any more, an item with neither SKU nor title
   */
  async execute(command: RegisterOrder): Promise<Registered> {
    const { orderId, said, at } = command;
    checkNames(orderId, said);
    const contactRef = this.contacts.contactRefOf(orderId);
    // An accepted order is never without its contact, so the first one goes before the order. From then on an amendment
    // changes it once it has been accepted: what is refused changes nothing.
    const known = await this.contacts.getContact(contactRef);
    if (known === undefined) await this.contacts.putContact(contactRef, contactOf(said.order.customer));
    const { timeZone } = (await this.policies.inForce()).document;
    const decided = this.stream.decide(command, registration(orderId, said.order, { at, contactRef, timeZone }));
    const executed = await decided.catch(async (error: unknown) => {
      if (known === undefined && storeFaultOf(error) === undefined) await this.#forgetUnlessOrdered(orderId, contactRef);
      throw error;
    });
    return { ...executed, customer: await this.#keepCustomer(contactRef, known, said.order.customer) };
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

  /** What was refused for good leaves nobody's address behind; whatever came of anything else, the caller sends it again. */
  async #forgetUnlessOrdered(orderId: string, contactRef: string): Promise<void> {
    const { state } = await this.queries.ofOrder(orderId);
    if (state.order === null) await this.contacts.removeContact(contactRef);
  }
}

/** What happened to an order's money outside its returns; `refundedAt`: now unless told. */
export class RecordOrderFact extends CommandOnOrder<
  | ({ readonly fact: 'disputed' } & Fields<'RecordDispute'>)
  | ({ readonly fact: 'dispute_closed' } & Fields<'CloseDispute'>)
  | ({ readonly fact: 'refunded_elsewhere'; readonly refundedAt: string | undefined } & Omit<Fields<'RecordRefundElsewhere'>, 'refundedAt'>)
> {}

export const RecordOrderFactHandler = handlerOf(RecordOrderFact, ({ at, said }) => {
  switch (said.fact) {
    case 'disputed': {
      const { disputeId, paymentId, amountMinor } = said;
      return { type: 'RecordDispute', at, disputeId, paymentId, amountMinor };
    }
    case 'dispute_closed':
      return { type: 'CloseDispute', at, disputeId: said.disputeId, outcome: said.outcome };
    case 'refunded_elsewhere': {
      const { refundedAt = at, paymentId, amountMinor, reference } = said;
      return { type: 'RecordRefundElsewhere', at, refundedAt, paymentId, amountMinor, reference };
    }
  }
});

const isNobody = ({ name, email, phone, address }: Contact): boolean => [name, email, phone, address].every((each) => each === null);

function contactOf(customer: CustomerBody | null | undefined): Contact {
  const { name = null, email = null, phone = null, address } = customer ?? {};
  const { line1 = null, line2 = null, city = null, region = null, postalCode = null, country = null } = address ?? {};
  const parts = { line1, line2, city, region, postalCode, country };
  return { name, email, phone, address: Object.values(parts).some((part) => part !== null) ? parts : null };
}
