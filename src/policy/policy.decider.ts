/** Publishing and withdrawing versions of the return policy. A published version is never changed. */
import { DomainError, type Decider } from '../eventing/decider.js';
import type { Json } from '../eventing/event-store.js';
import type { PolicyDocument, PolicyEvent, Reason } from './policy.events.js';
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
  const problems = contradictionsIn(document);
  if (problems.length > 0) throw new DomainError('validation_failed', problems.join('; '), { problems });
  const inForce = versionInForce(state);
  if (inForce !== undefined && isSame(inForce.document, document)) return [];
  return [{ type: 'PolicyPublished', data: { at, version: state.versions.length + 1, document } }];
}

function retire({ at, version }: RetirePolicy, state: PolicyState): readonly PolicyEvent[] {
  const known = state.versions.find((each) => each.version === version);
  if (known === undefined) throw new DomainError('not_found', `There is no version ${version} of the policy`);
  return known.retiredAt === null ? [{ type: 'PolicyRetired', data: { at, version } }] : [];
}

/** What cannot be meant, in words; ranges and types of single fields were checked before. */
function contradictionsIn(document: PolicyDocument): readonly string[] {
  const codes = document.reasons.map((reason) => reason.code);
  const byCode = new Map(document.reasons.map((reason) => [reason.code, reason]));
  const leaves = codes.filter((code) => document.reasons.every((reason) => reason.parent !== code));
  return [
    ...codes.filter((code, index) => codes.indexOf(code) !== index).map((code) => `reasons has ${code} twice`),
    ...document.reasons.flatMap((reason) => problemsAbove(reason, byCode)),
    ...document.approval.declineReasons.filter((code) => !leaves.includes(code)).map((code) => `approval.declineReasons names ${code}, which is no reason to choose`),
    ...(leaves.length === 0 ? ['reasons leaves nothing to choose'] : []),
    ...(isTimeZone(document.timeZone) ? [] : [`timeZone ${document.timeZone} is no IANA time zone`]),
    ...(document.outcomes.length === 0 ? ['outcomes is empty'] : []),
    ...(document.methods.length === 0 ? ['methods is empty'] : []),
  ];
}

function problemsAbove(reason: Reason, byCode: ReadonlyMap<string, Reason>): readonly string[] {
  const seen = new Set<string>();
  for (let above = reason.parent; above !== null; above = byCode.get(above)?.parent ?? null) {
    if (!byCode.has(above)) return [`reasons: ${reason.code} stands under ${above}, which does not exist`];
    if (seen.has(above)) return [`reasons: ${reason.code} stands under itself`];
    seen.add(above);
  }
  return [];
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Equal as JSON; the order of keys does not matter. */
function isSame(one: Json, other: Json): boolean {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const left = Object.entries(one);
  const right = new Map(Object.entries(other));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && isSame(value, right.get(key) ?? null));
}

export const policyDecider: Decider<PolicyState, PolicyCommand, PolicyEvent> = { initialState: NOTHING_PUBLISHED, decide, evolve: evolvePolicy };
