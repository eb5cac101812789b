/** What clerks, and the handover to a return, tell of a parcel nobody announced; each command with its handler. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ContactsStore } from '../contacts/contacts.store.js';
import { CommandExecutor, type CommandContext, type CommandSource, type Executed } from '../eventing/execute-command.js';
import { notFound } from '../http/problem.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { foundParcelModel, type FoundParcelCommand, type RecordHandover as Handover } from './rules/found-parcel.decider.js';
import { newParcelId, parcelStream, type FoundParcelEvent } from './rules/found-parcel.events.js';
import type { FoundItem, FoundParcelState } from './rules/found-parcel.state.js';

export type FoundParcelExecuted = Executed<FoundParcelState, FoundParcelEvent>;
type Note = string | null | undefined;
type ToldItem = Omit<FoundItem, 'noteRef'> & { readonly note: Note };

/** A command on one parcel, given by a clerk or by the process. */
abstract class CommandOnParcel<Said> extends Command<FoundParcelExecuted> {
  readonly context: CommandContext;

  constructor(
    readonly parcelId: string,
    readonly said: Said,
    from: CommandSource,
  ) {
    super();
    this.context = from.context(parcelStream(parcelId));
  }

  /** When the service was told (ISO 8601 UTC), and by whom. */
  get told(): { readonly at: string; readonly clerk: string } {
    return { at: this.context.occurredAt, clerk: this.context.actor.id };
  }
}

@Injectable()
export class FoundParcelStream {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly contacts: ContactsStore,
  ) {}

  /** @throws DomainError by the rules, and what `CommandExecutor.execute` throws */
  decide({ parcelId, context }: CommandOnParcel<unknown>, decision: FoundParcelCommand): Promise<FoundParcelExecuted> {
    return this.executor.execute(foundParcelModel, parcelStream(parcelId), decision, context);
  }

  /** The parcel now; state null and revision -1 when nobody recorded it. */
  ofParcel(parcelId: string): Promise<{ readonly state: FoundParcelState; readonly revision: number }> {
    return this.executor.load(foundParcelModel, parcelStream(parcelId));
  }

  /** Keeps the note beside the log. @returns its reference; null without a note */
  async keep(parcelId: string, note: Note): Promise<string | null> {
    return note === undefined || note === null ? null : this.contacts.putText(parcelStream(parcelId), note);
  }

  /** Items with their notes kept. */
  itemsOf(parcelId: string, items: readonly ToldItem[]): Promise<readonly FoundItem[]> {
    return Promise.all(items.map(async ({ note, ...item }) => ({ ...item, noteRef: await this.keep(parcelId, note) })));
  }
}

/** Scan id of what was recorded together with the parcel. */
const FIRST_SCAN = 'found';

/** Without a `parcelId` of its own the parcel gets a new one. */
export class RecordFoundParcel extends CommandOnParcel<{
  readonly station: string;
  readonly trackingNumber: string | null;
  readonly note: Note;
  readonly items: readonly ToldItem[];
}> {
  constructor(parcelId: string | undefined, said: RecordFoundParcel['said'], from: CommandSource) {
    super(parcelId ?? newParcelId(from.context('parcels').commandId), said, from);
  }
}

@CommandHandler(RecordFoundParcel)
export class RecordFoundParcelHandler implements ICommandHandler<RecordFoundParcel> {
  constructor(private readonly stream: FoundParcelStream) {}

  async execute(command: RecordFoundParcel): Promise<FoundParcelExecuted> {
    const { parcelId, told, said } = command;
    const { station, trackingNumber } = said;
    const noteRef = await this.stream.keep(parcelId, said.note);
    const items = await this.stream.itemsOf(parcelId, said.items);
    const parcel = { station, trackingNumber, noteRef, scanId: FIRST_SCAN, items };
    return this.stream.decide(command, { type: 'RecordFoundParcel', ...told, ...parcel });
  }
}

/** What is inside, scan by scan. */
export class RecordFoundItems extends CommandOnParcel<{
  readonly station: string;
  readonly scanId: string;
  readonly items: readonly ToldItem[];
}> {}

@CommandHandler(RecordFoundItems)
export class RecordFoundItemsHandler implements ICommandHandler<RecordFoundItems> {
  constructor(private readonly stream: FoundParcelStream) {}

  async execute(command: RecordFoundItems): Promise<FoundParcelExecuted> {
    const { parcelId, told, said } = command;
    const items = await this.stream.itemsOf(parcelId, said.items);
    return this.stream.decide(command, { type: 'RecordFoundItems', ...told, ...said, items });
  }
}

/** Which return it belongs to; null takes a wrong match back. */
export class MatchFoundParcel extends CommandOnParcel<{ readonly station: string; readonly returnId: string | null }> {}

@CommandHandler(MatchFoundParcel)
export class MatchFoundParcelHandler implements ICommandHandler<MatchFoundParcel> {
  constructor(
    private readonly stream: FoundParcelStream,
    private readonly returns: ReturnsQueries,
  ) {}

  /** @throws Problem not_found there is no such return */
  async execute(command: MatchFoundParcel): Promise<FoundParcelExecuted> {
    const { told, said } = command;
    const { station, returnId } = said;
    if (returnId === null) return this.stream.decide(command, { type: 'UnmatchFoundParcel', ...told, station });
    if ((await this.returns.ofReturn(returnId)) === undefined) throw notFound();
    return this.stream.decide(command, { type: 'MatchFoundParcel', ...told, station, returnId });
  }
}

/** What the return said to a receipt. */
export class RecordHandover extends CommandOnParcel<Omit<Handover, 'type' | 'at'>> {}

@CommandHandler(RecordHandover)
export class RecordHandoverHandler implements ICommandHandler<RecordHandover> {
  constructor(private readonly stream: FoundParcelStream) {}

  execute(command: RecordHandover): Promise<FoundParcelExecuted> {
    return this.stream.decide(command, { type: 'RecordHandover', at: command.told.at, ...command.said });
  }
}

export const FOUND_PARCEL_HANDLERS = [RecordFoundParcelHandler, RecordFoundItemsHandler, MatchFoundParcelHandler, RecordHandoverHandler];
