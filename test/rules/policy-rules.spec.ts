import { describe, expect, it } from '@jest/globals';
import { checkPolicy, completePolicy, DEFAULT_POLICY } from '../../src/policy/rules/policy.defaults.js';
import { leafReason, returnableUntil } from '../../src/policy/rules/policy.evaluation.js';

const reason = (code: string, parent: string | null = null) => ({
  code,
  label: code,
  parent,
  fault: 'customer' as const,
  requiresNote: false,
});

describe('A policy', () => {
  it('that says nothing has sensible terms', () => {
    expect(completePolicy({})).toEqual(DEFAULT_POLICY);
    expect(DEFAULT_POLICY).toMatchObject({
      windowDays: 30,
      transitBufferDays: 7,
      timeZone: 'UTC',
      refundTrigger: 'received',
      outboundShipping: 'fullReturn',
      tenderOrder: 'reverseCapture',
      gradeFactorsBp: { A: 10_000, B: 10_000, C: 7500, D: 0, X: 0 },
      expireAfterDays: 28,
    });
    expect(DEFAULT_POLICY.reasons.map(({ code, fault, requiresNote }) => [code, fault, requiresNote])).toEqual([
      ['too_small', 'customer', false],
      ['too_large', 'customer', false],
      ['not_as_described', 'merchant', false],
      ['changed_mind', 'customer', false],
      ['defective', 'merchant', false],
      ['wrong_item', 'merchant', false],
      ['arrived_damaged', 'carrier', false],
      ['other', 'customer', true],
    ]);
  });

  it('that says something has that, and the defaults beside it, in its parts too', () => {
    const said = {
      windowDays: null,
      approval: { reviewAboveMinor: 100 },
      gradeFactorsBp: { C: 5000 },
      reasons: [{ code: 'a', label: 'A', fault: 'merchant' as const, labels: { de: 'Ä', en: undefined } }],
    };
    expect(completePolicy(said)).toEqual({
      ...DEFAULT_POLICY,
      windowDays: null,
      approval: { auto: true, reviewAboveMinor: 100, declineReasons: [] },
      gradeFactorsBp: { A: 10_000, B: 10_000, C: 5000, D: 0, X: 0 },
      reasons: [{ code: 'a', label: 'A', labels: { de: 'Ä' }, parent: null, fault: 'merchant', requiresNote: false }],
    });
  });

  it.each([
    ['a reason twice', { reasons: [reason('a'), reason('a')] }, /twice/],
    ['a reason below nothing', { reasons: [reason('a', 'b')] }, /not there/],
    ['reasons in a circle', { reasons: [reason('a', 'b'), reason('b', 'c'), reason('c', 'a')] }, /below itself/],
    ['a reason below itself', { reasons: [reason('a', 'a')] }, /below itself/],
    ['no reasons', { reasons: [] }, /at least one reason/],
    ['a rate above the whole', { restockingFeeBp: 10_001 }, /restockingFeeBp/],
    ['a grade above the whole', { gradeFactorsBp: { A: 10_001 } }, /gradeFactorsBp.A/],
    ['half a day', { windowDays: 0.5 }, /windowDays/],
    ['a negative fee', { returnShipping: { feeMinor: -1 } }, /feeMinor/],
    ['nowhere on earth', { timeZone: 'Mars/Olympus' }, /time zone/],
    ['a decline reason that is none', { approval: { declineReasons: ['nothing'] } }, /no reason/],
    ['nothing offered', { methods: [] }, /method/],
    ['no outcome', { outcomes: [] }, /outcome/],
    ['an exchange, which nothing carries out', { outcomes: ['exchange' as const] }, /Exchanges cannot be carried out yet/],
    ['an exchange beside other outcomes', { outcomes: ['original_payment' as const, 'exchange' as const] }, /Leave exchange out/],
    ['only kept items', { methods: ['keep' as const], keepItemBelowMinor: 500 }, /by which items come back/],
    ['kept items without saying which', { methods: ['label' as const, 'keep' as const] }, /keepItemBelowMinor/],
  ])('cannot have %s', (_, said, words) => {
    const complete = () => completePolicy(said);
    expect(complete).toThrow(expect.objectContaining({ code: 'validation_failed' }));
    expect(complete).toThrow(words);
  });

  it('that is whole is checked the same way', () => {
    expect(() => checkPolicy({ ...DEFAULT_POLICY, expireAfterDays: 0 })).toThrow(/expireAfterDays/);
    expect(() => checkPolicy(DEFAULT_POLICY)).not.toThrow();
  });

  it('offers the leaves of its reasons', () => {
    const policy = completePolicy({ reasons: [reason('fit'), reason('small', 'fit')] });
    expect([leafReason(policy, 'fit'), leafReason(policy, 'small')?.code, leafReason(policy, 'constructor')]).toEqual([
      undefined,
      'small',
      undefined,
    ]);
  });

  it('counts days by the calendar of its time zone, over changes of the clock and leap days', () => {
    const until = (timeZone: string, deliveredAt: string, windowDays: number) =>
      returnableUntil(completePolicy({ timeZone, windowDays }), { lastDeliveredAt: deliveredAt, undeliveredSince: null });
    expect(until('UTC', '2024-02-28T23:59:59Z', 1)).toBe('2024-02-29');
    expect(until('Europe/Berlin', '2026-03-28T23:30:00Z', 1)).toBe('2026-03-30');
    expect(until('Pacific/Auckland', '2026-03-01T12:00:00Z', 0)).toBe('2026-03-02');
    expect(until('America/Los_Angeles', '2026-03-01T07:00:00Z', 14)).toBe('2026-03-14');
  });
});
