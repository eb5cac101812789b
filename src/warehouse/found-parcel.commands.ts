/** The one door through which anything changes a parcel nobody announced, and reading one by folding its stream. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandExecutor, type CommandContext, type Executed, type StreamModel } from '../eventing/execute-command.js';
import { foundParcelDecider, type FoundParcelCommand } from './rules/found-parcel.decider.js';
import { FOUND_PARCEL_EVENT_VERSIONS, FOUND_PARCEL_UPCASTERS, parcelStream, type FoundParcelEvent } from './rules/found-parcel.events.js';
import type { FoundParcelState } from './rules/found-parcel.state.js';

export const foundParcelModel: StreamModel<FoundParcelState, FoundParcelCommand, FoundParcelEvent> = {
  decider: foundParcelDecider,
  versions: FOUND_PARCEL_EVENT_VERSIONS,
  upcasters: FOUND_PARCEL_UPCASTERS,
};

export type FoundParcelExecuted = Executed<FoundParcelState, FoundParcelEvent>;

/** `command` for one parcel; answers the folded state and the revision the command produced. */
export class HandleFoundParcel extends Command<FoundParcelExecuted> {
  constructor(
    readonly parcelId: string,
    readonly command: FoundParcelCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(HandleFoundParcel)
export class HandleFoundParcelHandler implements ICommandHandler<HandleFoundParcel> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ parcelId, command, context }: HandleFoundParcel): Promise<FoundParcelExecuted> {
    return this.executor.execute(foundParcelModel, parcelStream(parcelId), command, context);
  }
}

@Injectable()
export class FoundParcelQueries {
  constructor(private readonly executor: CommandExecutor) {}

  /** The parcel now; state null and revision -1 when nobody recorded it. */
  ofParcel(parcelId: string): Promise<{ readonly state: FoundParcelState; readonly revision: number }> {
    return this.executor.load(foundParcelModel, parcelStream(parcelId));
  }
}
