/** What clerks do with a return's goods: receive, correct, report what is wrong, grade, put away. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PhotoQueries } from '../photos/photos.queries.js';
import { CommandOnReturn, ReturnsStream, type Fields, type ReturnsExecuted } from './returns.commands.js';
import type { ReturnsCommand } from './rules/returns.decider.js';
import { CustomerTexts } from './texts.js';

/** `scannedAt`, `clerk`: when and by whom it was scanned; now, by whoever tells it, unless given. */
export class ReceiveItems extends CommandOnReturn<
  Fields<'ReceiveItems'> & { readonly scannedAt?: string | undefined; readonly clerk?: string }
> {}

@CommandHandler(ReceiveItems)
export class ReceiveItemsHandler implements ICommandHandler<ReceiveItems> {
  constructor(private readonly stream: ReturnsStream) {}

  /** @throws Problem validation_failed `scannedAt` lies in the future */
  async execute(command: ReceiveItems): Promise<ReturnsExecuted> {
    const { scannedAt, clerk = command.clerk, ...said } = command.said;
    const at = command.reportedTime('scannedAt', scannedAt);
    return this.stream.decide(command, { ...said, type: 'ReceiveItems', at, returnId: command.returnId, clerk });
  }
}

/** Takes back pieces of a wrong scan. */
export class CorrectReceipt extends CommandOnReturn<Omit<Fields<'CorrectReceipt'>, 'correctionId'> & { readonly correctionId?: string }> {
  /** The caller's own id for it; the command's without one. */
  get correctionId(): string {
    return this.said.correctionId ?? this.context.commandId;
  }
}

@CommandHandler(CorrectReceipt)
export class CorrectReceiptHandler implements ICommandHandler<CorrectReceipt> {
  constructor(private readonly stream: ReturnsStream) {}

  execute(command: CorrectReceipt): Promise<ReturnsExecuted> {
    const { returnId, at, clerk, said, correctionId } = command;
    return this.stream.decide(command, { ...said, type: 'CorrectReceipt', at, returnId, clerk, correctionId });
  }
}

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
    this.photos.assertOf(
      orderId,
      said.items.flatMap(({ photoRefs }) => photoRefs),
    );
    return this.stream.decide(command, { ...said, type: 'InspectItems', at, returnId, clerk });
  }
}

/** Puts graded items away. */
export class DisposeItems extends CommandOnReturn<Fields<'DisposeItems'>> {}

@CommandHandler(DisposeItems)
export class DisposeItemsHandler implements ICommandHandler<DisposeItems> {
  constructor(private readonly stream: ReturnsStream) {}

  execute(command: DisposeItems): Promise<ReturnsExecuted> {
    const { returnId, at, clerk, said } = command;
    return this.stream.decide(command, { ...said, type: 'DisposeItems', at, returnId, clerk });
  }
}

/** What the stock system says to a restock, or what becomes of one it has refused. */
export class AnswerRestock extends CommandOnReturn<
  ({ readonly answer: 'confirmed' | 'blocked' } & Fields<'AnswerRestock'>) | ({ readonly answer: 'withdrawn' } & Fields<'WithdrawRestock'>)
> {}

@CommandHandler(AnswerRestock)
export class AnswerRestockHandler implements ICommandHandler<AnswerRestock> {
  constructor(private readonly stream: ReturnsStream) {}

  execute(command: AnswerRestock): Promise<ReturnsExecuted> {
    const { returnId, at, clerk, said } = command;
    if (said.answer !== 'withdrawn') return this.stream.decide(command, { ...said, type: 'AnswerRestock', at, returnId, clerk });
    const { answer: _, ...pieces } = said;
    return this.stream.decide(command, { ...pieces, type: 'WithdrawRestock', at, returnId, clerk });
  }
}
