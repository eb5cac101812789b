/**
 * The policy in force, for whoever files or quotes a return. Kept in memory, so that filing costs no read: what this
 * process publishes is seen at once, what another one publishes after at most FRESH_MS (docs/decisions/070).
 */
import { Injectable } from '@nestjs/common';
import { CommandExecutor } from '../eventing/execute-command.js';
import { policyModel } from './rules/policy.decider.js';
import { DEFAULT_POLICY } from './rules/policy.defaults.js';
import { policyStream, type PolicyDocument } from './rules/policy.events.js';
import { versionInForce, type PolicyState } from './rules/policy.state.js';

/** The policy every return is filed under; shops with several come later. */
export const POLICY_ID = 'default';
const FRESH_MS = 2000;

export type PolicyInForce = {
  readonly policyId: string;
  /** 0 = the terms the service comes with. */
  readonly version: number;
  readonly publishedAt: string | null;
  readonly document: PolicyDocument;
};
export type FoldedPolicy = { readonly state: PolicyState; readonly revision: number };

/** The newest version not withdrawn, else the built-in terms. */
export function policyInForce(state: PolicyState): PolicyInForce {
  const published = versionInForce(state);
  return {
    policyId: POLICY_ID,
    version: published?.version ?? 0,
    publishedAt: published?.publishedAt ?? null,
    document: published?.document ?? DEFAULT_POLICY,
  };
}

@Injectable()
export class PolicyQueries {
  #known: { readonly policy: PolicyInForce; readonly readAt: number } | undefined;
  #reading: Promise<PolicyInForce> | undefined;
  /** Counts what this process has published; a read begun before is not kept. */
  #published = 0;

  constructor(private readonly executor: CommandExecutor) {}

  /** At most FRESH_MS old; many callers share one read. */
  async inForce(): Promise<PolicyInForce> {
    if (this.#known !== undefined && performance.now() - this.#known.readAt < FRESH_MS) return this.#known.policy;
    const reading = this.#reading ?? this.#read();
    this.#reading = reading;
    try {
      return await reading;
    } finally {
      if (this.#reading === reading) this.#reading = undefined;
    }
  }

  /** Every version, straight from the log. */
  folded(): Promise<FoldedPolicy> {
    return this.executor.load(policyModel, policyStream(POLICY_ID));
  }

  /** Something was published here: the next one to ask reads anew. */
  forget(): void {
    this.#published += 1;
    this.#known = undefined;
    this.#reading = undefined;
  }

  async #read(): Promise<PolicyInForce> {
    const readAt = performance.now();
    const published = this.#published;
    const policy = policyInForce((await this.folded()).state);
    if (published === this.#published) this.#known = { policy, readAt };
    return policy;
  }
}
