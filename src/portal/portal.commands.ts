/** From what customers and staff ask to commands on the order's stream: gathers the policy in force and puts people's words away. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Carriers } from '../carriers/carriers.js';
import { hashCommand } from '../eventing/command-identity.js';
import type { CommandContext } from '../eventing/execute-command.js';
import { notFound } from '../http/problem.js';
import { PolicyLookup } from '../policy/policy.lookup.js';
import type { FiledLine } from '../returns/decide/authorisation.js';
import { HandleReturns, type ReturnsExecuted } from '../returns/returns.commands.js';
import type { ReturnsCommand } from '../returns/returns.decider.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { ContactsStore } from '../shared/contacts.store.js';
import type { FileReturnDto } from './portal.dto.js';

/** What may stand in the log as it is: a code, not a sentence somebody wrote. */
const CODE = /^[a-z][a-z0-9_]{0,59}$/;

@Injectable()
export class PortalCommands {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: ReturnsQueries,
    private readonly policies: PolicyLookup,
    private readonly contacts: ContactsStore,
    private readonly carriers: Carriers,
  ) {}

  /** Files a return under the policy in force. @throws DomainError by the policy and the rules of the order */
  async file(orderId: string, { lines: asked, outcome, method }: FileReturnDto, at: string, context: CommandContext): Promise<ReturnsExecuted> {
    const { policyId, version, document } = await this.policies.inForce();
    const lines = await Promise.all(asked.map((line) => this.filedLine(orderId, line)));
    const request = { orderId, lines, outcome, method };
    // The policy may have changed when the same request comes again; what the customer asks has not.
    return this.run(
      orderId,
      { rail: 'authorisation', type: 'FileReturn', at, ...request, policy: { policyId, version, document }, carrier: this.carriers.defaultId },
      { ...context, payloadHash: hashCommand({ type: 'FileReturn', ...request }) },
    );
  }

  run(orderId: string, command: ReturnsCommand, context: CommandContext): Promise<ReturnsExecuted> {
    return this.commands.execute(new HandleReturns(orderId, command, context));
  }

  /** A code as it is, a sentence as a reference to where it is kept. */
  async reason(orderId: string, words: string | null | undefined, otherwise: string): Promise<string> {
    if (words === null || words === undefined) return otherwise;
    return CODE.test(words) ? words : this.keep(orderId, words);
  }

  /** Keeps the text under the order's customer, so that it goes when his data goes. @returns the reference; null without a text */
  async noteRef(orderId: string, text: string | null | undefined): Promise<string | null> {
    return text === null || text === undefined ? null : this.keep(orderId, text);
  }

  private async filedLine(orderId: string, { lineId, quantity, reason, condition, note, photos }: FileReturnDto['lines'][number]): Promise<FiledLine> {
    return { lineId, quantity, reason, condition, noteRef: await this.noteRef(orderId, note), photoRefs: photos ?? [] };
  }

  private async keep(orderId: string, text: string): Promise<string> {
    const { order } = (await this.queries.ofOrder(orderId)).state;
    if (order === null) throw notFound();
    return this.contacts.putText(order.contactRef, text);
  }
}
