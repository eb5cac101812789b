import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OUTBOUND_SHIPPING, REFUND_TRIGGERS, TENDER_ORDERS, WRAPPING_REFUNDS } from '../../../src/policy/rules/policy.events.js';
import { FEES } from '../../../src/returns/rules/returns.events.js';
import { groupingName, groupName, valueWords } from '../../../web/src/finance/words.js';
import { ruleWords } from '../../../web/src/shared/return/rules.js';

/** The typographer's spaces around a dash are as good as others. */
const said = (words: string): string => words.replaceAll(/\s/g, ' ');

describe('A group of a latency report', () => {
  // Words are in the language of the page.
  beforeAll(() => void Object.assign(globalThis, { document: { documentElement: { lang: 'en' } } }));
  afterAll(() => void Reflect.deleteProperty(globalThis, 'document'));

  it.each([
    ['2026-W47', 'Nov 16 – 22, 2026'],
    ['2026-W49', 'Nov 30 – Dec 6, 2026'],
    // Week 53 of a year, and the week around New Year's Day, whose year is that of its Thursday.
    ['2026-W53', 'Dec 28, 2026 – Jan 3, 2027'],
    ['2027-W01', 'Jan 4 – 10, 2027'],
    ['2025-W01', 'Dec 30, 2024 – Jan 5, 2025'],
  ])('says which days the week %s has', (week, days) => {
    expect(said(valueWords('week', week))).toBe(days);
  });

  it('says a day and a month', () => {
    expect([valueWords('day', '2026-11-16'), valueWords('month', '2026-11')]).toEqual(['Nov 16, 2026', 'Nov 2026']);
  });

  it('keeps what names no period as it stands, since addresses can be typed', () => {
    const keys = [
      ['day', '2026-13-40'],
      ['day', 'today'],
      ['week', 'W47'],
      ['month', '2026-11-05'],
      ['month', '2026-99'],
    ] as const;
    for (const [groupBy, key] of keys) expect(valueWords(groupBy, key)).toBe(key);
  });

  it('says the codes of the API in words, and what people call their own as they do', () => {
    expect([
      valueWords('reason', 'too_small'),
      valueWords('carrier', 'dhl_express'),
      valueWords('provider', 'several'),
      groupName('warehouse', 'dock-2'),
    ]).toEqual(['Too small', 'dhl_express', 'Several', 'warehouse dock-2']);
  });

  it('says whose days its periods have', () => {
    expect([groupingName('month'), groupingName('reason'), groupName('week', 'W47')]).toEqual(['Month (UTC)', 'Reason', 'week W47 (UTC)']);
  });
});

describe('A rule of a refund', () => {
  const families = {
    refundTrigger: [...REFUND_TRIGGERS, 'approved'],
    outboundShipping: OUTBOUND_SHIPPING,
    wrappingRefund: WRAPPING_REFUNDS,
    fees: FEES,
    tenderOrder: TENDER_ORDERS,
  };
  it.each([
    ...Object.entries(families).flatMap(([family, codes]) => codes.map((code) => `${family}.${code}`)),
    'units.paid',
    'gradeFactorsBp.7500',
    'storeCreditBonusBp',
    'destination.store_credit',
    'manual',
  ])('is told in a sentence: %s', (ruleId) => {
    expect(ruleWords(ruleId)).toMatch(/^[A-Z].* .*\.$/);
    expect(ruleWords(ruleId)).not.toMatch(/undefined|NaN|_/);
  });

  it('names its share, and stays its id where this page does not know it', () => {
    expect([ruleWords('gradeFactorsBp.7500'), ruleWords('fees.return_shipping')]).toEqual([
      'A unit of that grade counts 75 %.',
      'Reckoned with: Return shipping.',
    ]);
    expect([ruleWords('surcharge.new'), ruleWords('gradeFactorsBp.x'), ruleWords('constructor')]).toEqual([
      'surcharge.new',
      'gradeFactorsBp.x',
      'constructor',
    ]);
  });
});
