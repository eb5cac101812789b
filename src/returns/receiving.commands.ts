/** What clerks do with a return's goods: receive, correct, report what is wrong, grade, put away. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PhotoQueries } from '../photos/photos.queries.js';
import { CommandOnReturn, handlerOf, ReturnsStream, type Fields, type ReturnsExecuted } from './returns.commands.js';
import type { ReturnsCommand } from './rules/returns.decider.js';
import { CustomerTexts } from './texts.js';

/** `scannedAt`, `clerk`: when and by whom it was scanned; now, by whoever tells it, unless given. */
export class ReceiveItems extends CommandOnReturn<
  Fields<'ReceiveItems'> & { readonly scannedAt?: string | undefined; readonly clerk?: string }
> {}

/** It throws validation_failed for a `scannedAt` in the future. */
export const ReceiveItemsHandler = handlerOf(ReceiveItems, (command) => {
  const { scannedAt, clerk = command.clerk, ...said } = command.said;
  return { ...said, type: 'ReceiveItems', at: command.reportedTime('scannedAt', scannedAt), returnId: command.returnId, clerk };
});

/** Takes back pieces of a wrong scan. */
export class CorrectReceipt extends CommandOnReturn<Omit<Fields<'CorrectReceipt'>, 'correctionId'> & { readonly correctionId?: string }> {
  /** The caller's own id for it; the command's without one. */
  get correctionId(): string {
    return this.said.correctionId ?? this.context.commandId;
  }
}

export const CorrectReceiptHandler = handlerOf(CorrectReceipt, ({ returnId, at, clerk, said, correctionId }) => ({
  ...said,
  type: 'CorrectReceipt',
  at,
  returnId,
  clerk,
  correctionId,
}));

type Mismatch = Omit<Fields<'RecordMismatch'>, 'noteRef' | 'photoRefs'> & {
  readonly note: string | null | undefined;
  readonly photos: readonly string[];
};

/** What a clerk finds wrong: another item than the expected one, or pieces that are not there. */
export class ReportItems extends CommandOnReturn<
  ({ readonly problem: 'mismatch' } & Mismatch) | ({ readonly problem: 'missing' } & Fields<'MarkMissing'>)
> {}

@CommandHandler(ReportItems)
export class ReportItemsHandler implements ICommandHandler<ReportItems> {
  constructor(
    private readonly stream: ReturnsStream,
    private readonly photos: PhotoQueries,
    private readonly texts: CustomerTexts,
  ) {}

  /** @throws Problem unknown_photo */
  async execute(command: ReportItems): Promise<ReturnsExecuted> {
    return this.stream.decide(command, await this.#decision(command));
  }

  async #decision({ orderId, returnId, at, clerk, said }: ReportItems): Promise<ReturnsCommand> {
    if (said.problem === 'missing') {
      const { problem: _, ...pieces } = said;
      return { ...pieces, type: 'MarkMissing', at, returnId, clerk };
    }
    const { problem: _, note, photos, ...found } = said;
    this.photos.assertOf(orderId, photos);
    const noteRef = await this.texts.keep(orderId, note);
    return { ...found, type: 'RecordMismatch', at, returnId, clerk, noteRef, photoRefs: photos };
  }
}

/** Grades received items. */
export class InspectItems extends CommandOnReturn<Fields<'InspectItems'>> {}

@CommandHandler(InspectItems)
export class InspectItemsHandler implements ICommandHandler<InspectItems> {
  constructor(
    private readonly stream: ReturnsStream,
    private readonly photos: PhotoQueries,
  ) {}

  /** @throws Problem unknown_photo */
  async execute(command: InspectItems): Promise<ReturnsExecuted> {
    const { orderId, returnId, at, clerk, said } = command;
    const photos = said.items.flatMap(({ photoRefs }) => photoRefs);
    this.photos.assertOf(orderId, photos);
    return this.stream.decide(command, { ...said, type: 'InspectItems', at, returnId, clerk });
  }
}

/** Puts graded items away. */
export class DisposeItems extends CommandOnReturn<Fields<'DisposeItems'>> {}

export const DisposeItemsHandler = handlerOf(DisposeItems, ({ returnId, at, clerk, said }) => ({
  ...said,
  type: 'DisposeItems',
  at,
  returnId,
  clerk,
}));

/** What the stock system says to a restock, or what becomes of one it has refused. */
export class AnswerRestock extends CommandOnReturn<
  ({ readonly answer: 'confirmed' | 'blocked' } & Fields<'AnswerRestock'>) | ({ readonly answer: 'withdrawn' } & Fields<'WithdrawRestock'>)
> {}

export const AnswerRestockHandler = handlerOf(AnswerRestock, ({ returnId, at, clerk, said }) => {
  if (said.answer !== 'withdrawn') return { ...said, type: 'AnswerRestock', at, returnId, clerk };
  const { answer: _, ...pieces } = said;
  return { ...pieces, type: 'WithdrawRestock', at, returnId, clerk };
});

export const RECEIVING_HANDLERS = [
  ReceiveItemsHandler,
  CorrectReceiptHandler,
  ReportItemsHandler,
  InspectItemsHandler,
  DisposeItemsHandler,
  AnswerRestockHandler,
];
