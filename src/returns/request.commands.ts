/** A customer asks to send something back. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Carriers } from '../carriers/carrier.port.js';
import { hashCommand } from '../eventing/command-identity.js';
import { DomainError } from '../eventing/decider.js';
import { PhotoQueries } from '../photos/photos.queries.js';
import { PolicyQueries } from '../policy/policy.queries.js';
import type { Method, Outcome } from '../policy/rules/policy.events.js';
import { CommandOnOrder, ReturnsStream, type ReturnsExecuted } from './returns.commands.js';
import type { FiledLine } from './rules/decide/authorisation.js';
import type { Condition } from './rules/returns.events.js';
import { CustomerTexts } from './texts.js';
import { refusalInWords } from './words/verdict.words.js';

type WantedLine = {
  readonly lineId: string;
  readonly quantity: number;
  readonly reason: string;
  readonly condition: Condition;
  readonly note?: string | null;
  /** References of photos uploaded to the order before. */
  readonly photos?: readonly string[];
};

/** Files a return under the policy in force. */
export class RequestReturn extends CommandOnOrder<{
  readonly lines: readonly WantedLine[];
  readonly outcome: Outcome;
  readonly method: Method;
}> {}

@CommandHandler(RequestReturn)
export class RequestReturnHandler implements ICommandHandler<RequestReturn> {
  constructor(
    private readonly stream: ReturnsStream,
    private readonly policies: PolicyQueries,
    private readonly texts: CustomerTexts,
    private readonly carriers: Carriers,
    private readonly photos: PhotoQueries,
  ) {}

  /** @throws Problem unknown_photo @throws DomainError by the policy and the rules of the order */
  async execute(command: RequestReturn): Promise<ReturnsExecuted> {
    const { orderId, said, at } = command;
    const { policyId, version, document } = await this.policies.inForce();
    const named = said.lines.flatMap(({ photos = [] }) => photos);
    this.photos.assertOf(orderId, named);
    const request = {
      ...said,
      type: 'FileReturn',
      orderId,
      lines: await Promise.all(said.lines.map((line) => this.#filed(orderId, line))),
    } as const;
    // What the customer asks for is known again; the policy in force may be another one when it comes again.
    const context = { ...command.context, payloadHash: hashCommand(request) };
    const policy = { policyId, version, document };
    const decision = { ...request, at, policy, carrier: this.carriers.defaultId };
    return this.stream.decide({ orderId, context }, decision).catch((error: unknown) => {
      throw error instanceof DomainError ? new DomainError(error.code, refusalInWords(error), error.details) : error;
    });
  }

  async #filed(orderId: string, { note, photos = [], ...line }: WantedLine): Promise<FiledLine> {
    return { ...line, noteRef: await this.texts.keep(orderId, isWritten(note) ? note : null), photoRefs: photos };
  }
}

/** Does the note say anything? Blanks do not. */
export const isWritten = (note: string | null | undefined): boolean => note !== null && note !== undefined && note.trim() !== '';
