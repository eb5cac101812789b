/** From what a customer sends to the command that files it: gathers the policy in force and puts his words away. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Carriers } from '../carriers/carrier.port.js';
import { hashCommand } from '../eventing/command-identity.js';
import type { CommandContext } from '../eventing/execute-command.js';
import { PhotoQueries } from '../photos/photos.queries.js';
import { PolicyQueries } from '../policy/policy.queries.js';
import { HandleReturns, type ReturnsExecuted } from '../returns/returns.commands.js';
import type { FiledLine } from '../returns/rules/decide/authorisation.js';
import { CustomerTexts } from '../returns/texts.js';
import type { FileReturnBody } from './portal.dto.js';

@Injectable()
export class PortalCommands {
  constructor(
    private readonly commands: CommandBus,
    private readonly policies: PolicyQueries,
    private readonly texts: CustomerTexts,
    private readonly carriers: Carriers,
    private readonly photos: PhotoQueries,
  ) {}

  /** Files a return under the policy in force. @throws Problem unknown_photo @throws DomainError by the policy and the rules of the order */
  async file(
    orderId: string,
    { lines: asked, outcome, method }: FileReturnBody,
    at: string,
    context: CommandContext,
  ): Promise<ReturnsExecuted> {
    const { policyId, version, document } = await this.policies.inForce();
    this.photos.assertOf(
      orderId,
      asked.flatMap(({ photos = [] }) => photos),
    );
    const lines = await Promise.all(asked.map((line) => this.#filedLine(orderId, line)));
    const request = { orderId, lines, outcome, method };
    // The policy may have changed when the same request comes again; what the customer asks has not.
    return this.commands.execute(
      new HandleReturns(
        orderId,
        {
          type: 'FileReturn',
          at,
          ...request,
          policy: { policyId, version, document },
          carrier: this.carriers.defaultId,
        },
        { ...context, payloadHash: hashCommand({ type: 'FileReturn', ...request }) },
      ),
    );
  }

  async #filedLine(
    orderId: string,
    { lineId, quantity, reason, condition, note, photos }: FileReturnBody['lines'][number],
  ): Promise<FiledLine> {
    return {
      lineId,
      quantity,
      reason,
      condition,
      noteRef: await this.texts.keep(orderId, isWritten(note) ? note : null),
      photoRefs: photos ?? [],
    };
  }
}

/** Does the note say anything? Blanks do not. */
export const isWritten = (note: string | null | undefined): boolean => note !== null && note !== undefined && note.trim() !== '';
