/** What is known about a policy after folding its events: every version ever published, and which one is in force. */
import type { PolicyDocument, PolicyEvent } from './policy.events.js';

export type PolicyVersion = {
  /** From 1; version 0 is what the service comes with, before anybody published. */
  readonly version: number;
  readonly document: PolicyDocument;
  readonly publishedAt: string;
  /** Null while it has not been withdrawn. */
  readonly retiredAt: string | null;
};
/** `versions[n - 1].version === n`. */
export type PolicyState = { readonly versions: readonly PolicyVersion[] };

export const NOTHING_PUBLISHED: PolicyState = { versions: [] };

/** The newest version that is not withdrawn; undefined when the built-in terms (version 0) apply. */
export const versionInForce = (state: PolicyState): PolicyVersion | undefined => state.versions.findLast((each) => each.retiredAt === null);

/** Total: never throws, ignores what it does not know. */
export function evolvePolicy(state: PolicyState, event: PolicyEvent): PolicyState {
  switch (event.type) {
    case 'PolicyPublished': {
      const { at, version, document } = event.data;
      return { versions: [...state.versions, { version, document, publishedAt: at, retiredAt: null }] };
    }
    case 'PolicyRetired': {
      const { at, version } = event.data;
      return { versions: state.versions.map((each) => (each.version === version ? { ...each, retiredAt: at } : each)) };
    }
    default:
      return state;
  }
}
