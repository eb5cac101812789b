/** Labels, pickups, and what carriers report of the parcels. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Carriers } from '../carriers/carrier.port.js';
import { fieldRefused } from '../http/problem.js';
import { CommandOnReturn, handlerOf, ReturnsStream, type Fields, type ReturnsExecuted } from './returns.commands.js';

/** Without a `carrier`: the usual one. */
export class IssueLabel extends CommandOnReturn<{ readonly carrier?: string }> {}

@CommandHandler(IssueLabel)
export class IssueLabelHandler implements ICommandHandler<IssueLabel> {
  constructor(
    private readonly stream: ReturnsStream,
    private readonly carriers: Carriers,
  ) {}

  /** @throws Problem validation_failed the carrier is not set up */
  async execute(command: IssueLabel): Promise<ReturnsExecuted> {
    const { returnId, at, said } = command;
    const { carrier = this.carriers.defaultId } = said;
    if (this.carriers.find(carrier) === undefined) {
      throw fieldRefused('body', '/carrier', 'is not set up', 'This carrier is not set up.');
    }
    return this.stream.decide(command, { type: 'RequestLabel', at, returnId, carrier });
  }
}

/** What buying a label came to. */
export class RecordLabelOutcome extends CommandOnReturn<Fields<'RecordLabelOutcome'>> {}

export const RecordLabelOutcomeHandler = handlerOf(RecordLabelOutcome, ({ returnId, at, said }) => ({
  ...said,
  type: 'RecordLabelOutcome',
  at,
  returnId,
}));

/** What the carrier said to taking a void label back. */
export class RecordLabelVoid extends CommandOnReturn<Fields<'RecordLabelVoid'>> {}

export const RecordLabelVoidHandler = handlerOf(RecordLabelVoid, ({ returnId, at, said }) => ({
  ...said,
  type: 'RecordLabelVoid',
  at,
  returnId,
}));

export class SchedulePickup extends CommandOnReturn<Fields<'SchedulePickup'>> {}

export const SchedulePickupHandler = handlerOf(SchedulePickup, ({ returnId, at, said }) => ({
  ...said,
  type: 'SchedulePickup',
  at,
  returnId,
}));

/** A carrier's news; `reportedAt`: when it happened, as the carrier says. */
export class RecordTracking extends CommandOnReturn<
  Omit<Fields<'RecordTracking'>, 'isTimed'> & { readonly reportedAt: string | undefined }
> {}

/** It throws validation_failed for a time in the future. */
export const RecordTrackingHandler = handlerOf(RecordTracking, (command) => {
  const { reportedAt, ...said } = command.said;
  const at = command.reportedTime('at', reportedAt);
  return { ...said, type: 'RecordTracking', at, isTimed: reportedAt === at, returnId: command.returnId };
});

export const PARCEL_HANDLERS = [
  IssueLabelHandler,
  RecordLabelOutcomeHandler,
  RecordLabelVoidHandler,
  SchedulePickupHandler,
  RecordTrackingHandler,
];
