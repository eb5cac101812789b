/** A policy's stream as the machine room handles it. */
import type { StreamModel } from '../eventing/execute-command.js';
import { policyDecider, type PolicyCommand } from './policy.decider.js';
import { POLICY_EVENT_VERSIONS, type PolicyEvent } from './policy.events.js';
import type { PolicyState } from './policy.state.js';
import { POLICY_UPCASTERS } from './policy.upcasters.js';

export const policyModel: StreamModel<PolicyState, PolicyCommand, PolicyEvent> = {
  decider: policyDecider,
  versions: POLICY_EVENT_VERSIONS,
  upcasters: POLICY_UPCASTERS,
};
