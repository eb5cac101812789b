/** Publishing and withdrawing versions of the return policy. A published version is never changed. */
import equal from 'fast-deep-equal';
import { DomainError, type Decider, type StreamModel } from '../../eventing/decider.js';
import { checkPolicy } from './policy.defaults.js';
import { POLICY_EVENT_VERSIONS, type PolicyDocument, type PolicyEvent } from './policy.events.js';
import { evolvePolicy, NOTHING_PUBLISHED, versionInForce, type PolicyState } from './policy.state.js';
import { POLICY_UPCASTERS } from './policy.upcasters.js';

/** The document takes effect at once for returns filed from now on. Publishing what is in force changes nothing. */
export type PublishPolicy = { readonly type: 'PublishPolicy'; readonly at: string; readonly document: PolicyDocument };
/** Withdraws a version; the one before it (in the end the built-in terms) is in force again. */
export type RetirePolicy = { readonly type: 'RetirePolicy'; readonly at: string; readonly version: number };
export type PolicyCommand = PublishPolicy | RetirePolicy;

const decide = (command: PolicyCommand, state: PolicyState): readonly PolicyEvent[] =>
  command.type === 'PublishPolicy' ? publish(command, state) : retire(command, state);

function publish({ at, document }: PublishPolicy, state: PolicyState): readonly PolicyEvent[] {
  checkPolicy(document);
  const inForce = versionInForce(state);
  if (inForce !== undefined && equal(inForce.document, document)) return [];
  return [{ type: 'PolicyPublished', data: { at, version: state.versions.length + 1, document } }];
}

function retire({ at, version }: RetirePolicy, state: PolicyState): readonly PolicyEvent[] {
  const known = state.versions.find((each) => each.version === version);
  if (known === undefined) throw new DomainError('not_found', `There is no version ${version} of the policy`);
  return known.retiredAt === null ? [{ type: 'PolicyRetired', data: { at, version } }] : [];
}

export const policyDecider: Decider<PolicyState, PolicyCommand, PolicyEvent> = {
  initialState: NOTHING_PUBLISHED,
  decide,
  evolve: evolvePolicy,
};

/** As the machine room handles it: how to decide, which shapes are stored, how old ones are read. */
export const policyModel: StreamModel<PolicyState, PolicyCommand, PolicyEvent> = {
  decider: policyDecider,
  versions: POLICY_EVENT_VERSIONS,
  upcasters: POLICY_UPCASTERS,
};
