/** From what customers and staff ask to commands on the order's stream: gathers the policy in force and puts people's words away. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Carriers } from '../carriers/carriers.js';
import { hashCommand } from '../eventing/command-identity.js';
import type { CommandContext } from '../eventing/execute-command.js';
import { PolicyLookup } from '../policy/policy.lookup.js';
import type { FiledLine, FileReturn } from '../returns/decide/authorisation.js';
import { HandleReturns, type ReturnsExecuted } from '../returns/returns.commands.js';
import type { ReturnsCommand } from '../returns/returns.decider.js';
import { ContactsStore } from '../shared/contacts.store.js';
import type { FileReturnDto } from './portal.dto.js';

/** What may stand in the log as it is: a code, not a sentence somebody wrote. */
const CODE = /^[a-z][a-z0-9_]{0,59}$/;

@Injectable()
export class PortalCommands {
  constructor(
    private readonly commands: CommandBus,
    private readonly policies: PolicyLookup,
    private readonly contacts: ContactsStore,
    private readonly carriers: Carriers,
  ) {}

  /** @throws DomainError by the policy and the rules of the order */
  async file(orderId: string, body: FileReturnDto, at: string, context: CommandContext): Promise<ReturnsExecuted> {
    const command = await this.filing(orderId, body, at);
    // The policy may have changed when the same request comes again; what the customer asked has not.
    const { policy: _policy, carrier: _carrier, ...asked } = command;
    const executed = await this.commands.execute(new HandleReturns(orderId, command, { ...context, payloadHash: hashCommand(asked) }));
    return executed;
  }

  /** The command that filing would be, with the policy in force; the notes are put away first. */
  async filing(orderId: string, body: FileReturnDto, at: string): Promise<FileReturn> {
    const { policyId, version, document } = await this.policies.inForce();
    const lines = await Promise.all(body.lines.map(async ({ lineId, quantity, reason, condition, note, photos }): Promise<FiledLine> => ({
      lineId, quantity, reason, condition, noteRef: await this.noteRef(orderId, note), photoRefs: photos ?? [],
    })));
    return {
      rail: 'authorisation', type: 'FileReturn', at, orderId, lines, outcome: body.outcome, method: body.method,
      policy: { policyId, version, document }, carrier: this.carriers.defaultId,
    };
  }

  run(orderId: string, command: ReturnsCommand, context: CommandContext): Promise<ReturnsExecuted> {
    return this.commands.execute(new HandleReturns(orderId, command, context));
  }

  /** A code as it is, a sentence as a reference to where it was put. */
  async reason(orderId: string, words: string | null | undefined, otherwise: string): Promise<string> {
    if (words === null || words === undefined) return otherwise;
    return CODE.test(words) ? words : ((await this.noteRef(orderId, words)) ?? otherwise);
  }

  async noteRef(orderId: string, words: string | null | undefined): Promise<string | null> {
    return words === null || words === undefined ? null : this.contacts.putText(this.contacts.contactRefOf(orderId), words);
  }
}
