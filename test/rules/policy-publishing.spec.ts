import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { CommandExecutor } from '../../src/eventing/execute-command.js';
import { POLICY_ID, PolicyQueries } from '../../src/policy/policy.queries.js';
import { policyDecider, policyModel, type PolicyCommand } from '../../src/policy/rules/policy.decider.js';
import { completePolicy, DEFAULT_POLICY, type PolicyInput } from '../../src/policy/rules/policy.defaults.js';
import { policyStream, type PolicyDocument, type PolicyEvent, type ReturnReason } from '../../src/policy/rules/policy.events.js';
import { versionInForce, type PolicyState } from '../../src/policy/rules/policy.state.js';
import { context } from '../support/counter-model.js';
import { scenarios } from '../support/given-when-then.js';
import { testStore } from '../support/test-store.js';

const { given, fold } = scenarios<PolicyState, PolicyCommand, PolicyEvent>(policyDecider);
const AT = '2026-03-01T10:00:00.000Z';
const publish = (said: PolicyInput): PolicyCommand => ({ type: 'PublishPolicy', at: AT, document: completePolicy(said) });
const reason = (code: string, parent: string | null = null): ReturnReason => ({
  code,
  label: code,
  parent,
  fault: 'customer',
  labels: {},
  requiresNote: false,
});
const retire = (version: number): PolicyCommand => ({ type: 'RetirePolicy', at: AT, version });
const published = (version: number, said: PolicyInput): PolicyEvent => ({
  type: 'PolicyPublished',
  data: { at: AT, version, document: completePolicy(said) },
});
const retired = (version: number): PolicyEvent => ({ type: 'PolicyRetired', data: { at: AT, version } });

describe('Publishing a policy', () => {
  it('counts versions from 1', () => {
    given()
      .when(publish({ windowDays: 14 }))
      .then(published(1, { windowDays: 14 }));
    given(published(1, {}))
      .when(publish({ windowDays: 14 }))
      .then(published(2, { windowDays: 14 }));
  });

  it('publishes the built-in terms when somebody says so', () => {
    given()
      .when(publish({}))
      .then({ type: 'PolicyPublished', data: { at: AT, version: 1, document: DEFAULT_POLICY } });
  });

  it('changes nothing when the same document is in force, whatever the order of its fields', () => {
    given(published(1, { windowDays: 14 }))
      .when(publish({ windowDays: 14 }))
      .thenNothing();
    const reordered = Object.fromEntries(Object.entries(completePolicy({ windowDays: 14 })).reverse());
    given({ type: 'PolicyPublished', data: { at: AT, version: 1, document: { ...completePolicy({}), ...reordered } } })
      .when(publish({ windowDays: 14 }))
      .thenNothing();
  });

  it('leaves in force what an earlier version offers, although it could not be published today', () => {
    const document: PolicyDocument = { ...DEFAULT_POLICY, outcomes: ['original_payment', 'exchange'], methods: ['label', 'keep'] };
    const stored: PolicyEvent = { type: 'PolicyPublished', data: { at: AT, version: 1, document } };
    given(stored)
      .when({ type: 'PublishPolicy', at: AT, document })
      .thenRefused('validation_failed', /Exchanges cannot be carried out yet/);
    given(stored, published(2, {})).when(retire(2)).then(retired(2));
    expect(versionInForce(fold([stored, published(2, {}), retired(2)]))?.document).toEqual(document);
  });

  it('publishes an older document as a new version', () => {
    given(published(1, { windowDays: 14 }), published(2, {}))
      .when(publish({ windowDays: 14 }))
      .then(published(3, { windowDays: 14 }));
  });

  it.each<[string, Partial<PolicyDocument>, RegExp]>([
    ['a reason twice', { reasons: [reason('a'), reason('a')] }, /twice/],
    ['a reason below one that is not there', { reasons: [reason('a', 'b')] }, /not there/],
    ['no way of returning', { methods: [] }, /method/],
    ['a time zone that does not exist', { timeZone: 'Europe/Atlantis' }, /time zone/],
  ])('refuses %s', (_, said, words) => {
    given()
      .when({ type: 'PublishPolicy', at: AT, document: { ...DEFAULT_POLICY, ...said } })
      .thenRefused('validation_failed', words);
  });
});

describe('Withdrawing a version', () => {
  it('brings back the one before it', () => {
    given(published(1, { windowDays: 14 }), published(2, {}))
      .when(retire(2))
      .then(retired(2))
      .and((state) => expect(versionInForce(state)?.version).toBe(1));
  });

  it('leaves the built-in terms when no other is left', () => {
    expect(versionInForce(fold([published(1, {}), retired(1)]))).toBeUndefined();
  });

  it('of an older version changes nothing about the one in force', () => {
    given(published(1, {}), published(2, { windowDays: 14 }))
      .when(retire(1))
      .then(retired(1))
      .and((state) => expect(versionInForce(state)?.version).toBe(2));
  });

  it('happens once, and only to versions that exist', () => {
    given(published(1, {}), retired(1)).when(retire(1)).thenNothing();
    given(published(1, {})).when(retire(2)).thenRefused('not_found');
  });

  it('does not give its number away again', () => {
    given(published(1, {}), retired(1)).when(publish({})).then(published(2, {}));
  });
});

describe('The policy in force, as a process remembers it', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is read once for many, and anew when another process may have published', async () => {
    const { store, dispose } = await testStore();
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const executor = new CommandExecutor(store);
    const lookup = new PolicyQueries(executor);
    const reads = jest.spyOn(executor, 'load');
    const elsewhere = new CommandExecutor(store);
    try {
      const versions = await Promise.all([1, 2, 3].map(async () => (await lookup.inForce()).version));
      expect([versions, reads.mock.calls.length]).toEqual([[0, 0, 0], 1]);
      await elsewhere.execute(policyModel, policyStream(POLICY_ID), publish({ windowDays: 5 }), context());
      expect([(await lookup.inForce()).version, reads.mock.calls.length]).toEqual([0, 1]);
      now = 2000;
      expect(await lookup.inForce()).toMatchObject({ version: 1, document: { windowDays: 5 } });
      expect(reads).toHaveBeenCalledTimes(2);
    } finally {
      await dispose();
    }
  });

  it('is read anew at once after this process has published', async () => {
    const { store, dispose } = await testStore();
    const executor = new CommandExecutor(store);
    const lookup = new PolicyQueries(executor);
    try {
      expect((await lookup.inForce()).version).toBe(0);
      await executor.execute(policyModel, policyStream(POLICY_ID), publish({ windowDays: 5 }), context());
      lookup.forget();
      expect((await lookup.inForce()).version).toBe(1);
    } finally {
      await dispose();
    }
  });
});
