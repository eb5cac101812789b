/** A policy's stream as the machine room handles it. */
import type { StreamModel } from '../eventing/execute-command.js';
import { policyDecider, type PolicyCommand } from './rules/policy.decider.js';
import { POLICY_EVENT_VERSIONS, type PolicyEvent } from './rules/policy.events.js';
import type { PolicyState } from './rules/policy.state.js';
import { POLICY_UPCASTERS } from './rules/policy.upcasters.js';

export const policyModel: StreamModel<PolicyState, PolicyCommand, PolicyEvent> = {
  decider: policyDecider,
  versions: POLICY_EVENT_VERSIONS,
  upcasters: POLICY_UPCASTERS,
};
