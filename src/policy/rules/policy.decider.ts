/** Publishing and withdrawing versions of the return policy. A published version is never changed. */
import { DomainError, type Decider } from '../../eventing/decider.js';
import type { Json } from '../../eventing/event-store.js';
import { checkPolicy } from './policy.defaults.js';
import type { PolicyDocument, PolicyEvent } from './policy.events.js';
import { evolvePolicy, NOTHING_PUBLISHED, versionInForce, type PolicyState } from './policy.state.js';

/** The document takes effect at once for returns filed from now on. Publishing what is in force changes nothing. */
export type PublishPolicy = { readonly type: 'PublishPolicy'; readonly at: string; readonly document: PolicyDocument };
/** Withdraws a version; the one before it (in the end the built-in terms) is in force again. */
export type RetirePolicy = { readonly type: 'RetirePolicy'; readonly at: string; readonly version: number };
export type PolicyCommand = PublishPolicy | RetirePolicy;

function decide(command: PolicyCommand, state: PolicyState): readonly PolicyEvent[] {
  switch (command.type) {
    case 'PublishPolicy':
      return publish(command, state);
    case 'RetirePolicy':
      return retire(command, state);
  }
}

function publish({ at, document }: PublishPolicy, state: PolicyState): readonly PolicyEvent[] {
  checkPolicy(document);
  const inForce = versionInForce(state);
  if (inForce !== undefined && isSame(inForce.document, document)) return [];
  return [{ type: 'PolicyPublished', data: { at, version: state.versions.length + 1, document } }];
}

function retire({ at, version }: RetirePolicy, state: PolicyState): readonly PolicyEvent[] {
  const known = state.versions.find((each) => each.version === version);
  if (known === undefined) throw new DomainError('not_found', `There is no version ${version} of the policy`);
  return known.retiredAt === null ? [{ type: 'PolicyRetired', data: { at, version } }] : [];
}

/** Equal as JSON; the order of keys does not matter. */
function isSame(one: Json, other: Json): boolean {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const left = Object.entries(one);
  const right = new Map(Object.entries(other));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && isSame(value, right.get(key) ?? null));
}

export const policyDecider: Decider<PolicyState, PolicyCommand, PolicyEvent> = {
  initialState: NOTHING_PUBLISHED,
  decide,
  evolve: evolvePolicy,
};
