/** The returns stream as the machine room handles it: how to decide, which shapes are stored, how old ones are read. */
import type { StreamModel } from '../eventing/execute-command.js';
import { returnsDecider, type ReturnsCommand } from './rules/returns.decider.js';
import { RETURNS_EVENT_VERSIONS, type ReturnsEvent } from './rules/returns.events.js';
import type { ReturnsState } from './rules/returns.state.js';
import { RETURNS_UPCASTERS } from './rules/returns.upcasters.js';

export const returnsModel: StreamModel<ReturnsState, ReturnsCommand, ReturnsEvent> = {
  decider: returnsDecider,
  versions: RETURNS_EVENT_VERSIONS,
  upcasters: RETURNS_UPCASTERS,
};
