import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICY } from '../../../src/policy/rules/policy.defaults.js';
import type { PolicyDocument } from '../../../src/policy/rules/policy.events.js';
import { RETURN_STATUSES } from '../../../src/returns/rules/returns.status.js';
import { declineWords } from '../../../src/returns/words/decline.words.js';
import { apiAddress, filterIn, STATUSES } from '../../../web/src/admin/board/board-address.js';
import { failureWords } from '../../../web/src/admin/health/failures.js';
import { faultsOf } from '../../../web/src/admin/health/faults.js';
import { policyDifferences } from '../../../web/src/admin/policy/policy-diff.js';
import { formOf, inDigits, readForm, scaled } from '../../../web/src/admin/policy/policy-form.js';
import { policyInWords } from '../../../web/src/admin/policy/policy-words.js';
import { actionsOf } from '../../../web/src/admin/return/actions.js';
import { DECLINE_CODES, endWords } from '../../../web/src/admin/return/decline-codes.js';
import { momentAt, momentsOf } from '../../../web/src/admin/return/moments.js';
import { changed } from '../../../web/src/shared/page/filters.js';
import { decimalOf } from '../../../web/src/shared/words/money.js';

const euros = (minor: number): string => `${(minor / 100).toFixed(2)} EUR`;
const policy = (over: Partial<PolicyDocument> = {}): PolicyDocument => ({ ...DEFAULT_POLICY, ...over });
const said = (over: Partial<PolicyDocument>): string =>
  policyInWords(policy(over), euros)
    .flatMap(({ sentences }) => sentences)
    .join('\n');

describe('A policy in plain language', () => {
  it('says the terms the service comes with', () => {
    expect(policyInWords(policy(), euros)).toEqual([
      {
        title: 'Who may return what',
        sentences: [
          'A customer has 30 days after delivery, counted in the time zone UTC.',
          'Where no delivery is known, it is taken to be 7 days after shipping.',
          'Nothing is final sale, except what the order says.',
        ],
      },
      { title: 'Approval', sentences: ['Returns are approved at once.', 'What is not sent within 28 days after approval expires.'] },
      {
        title: 'Return shipping',
        sentences: [
          'Items come back with a label, at a drop-off point, by pickup, by own shipping or in a store.',
          'Return shipping is free.',
          'Everything has to come back.',
        ],
      },
      {
        title: 'Money',
        sentences: [
          'We refund when the item is received.',
          'The customer chooses the money back or store credit.',
          'An inspected item counts by its grade: A 100 %, B 100 %, C 75 %, D 0 %, X 0 %. Grade D counts in full when we or the carrier are at fault.',
          'Shipping of the order is refunded when everything comes back.',
          'What was paid for wrapping is never refunded.',
          'The payment made last is refunded first.',
          'A discount for a minimum order value stays, shared out over all units, whatever comes back.',
          'Where up to 0.01 EUR per line and payment less was captured than the prices come to, the refund is that much smaller; where more is lacking, a person decides.',
        ],
      },
      {
        title: 'Reasons',
        sentences: [
          'At the fault of the customer: Too small, Too large, Changed my mind, Other (needs a note).',
          'At the fault of us: Not as described, Defective, Wrong item.',
          'At the fault of the carrier: Arrived damaged.',
        ],
      },
    ]);
  });

  it.each<[Partial<PolicyDocument>, string]>([
    [{ windowDays: 1 }, 'A customer has 1 day after delivery'],
    [{ windowDays: null }, 'A customer can return without a time limit.'],
    [
      { finalSale: { categories: ['hats', 'gloves'], skus: ['S-1'] } },
      'Final sale, which cannot be returned: the categories hats and gloves and the SKU S-1.',
    ],
    [
      { approval: { auto: false, reviewAboveMinor: 5000, declineReasons: ['other'] } },
      'A person looks at every return before it is approved.\nAlways declined: "Other".',
    ],
    [
      { approval: { auto: true, reviewAboveMinor: 5000, declineReasons: [] } },
      'Returns worth up to 50.00 EUR are approved at once; a person looks at the others.',
    ],
    [
      { returnShipping: { feeMinor: 490, freeFromMinor: 5000 } },
      'costs the customer 4.90 EUR, unless the order is worth 50.00 EUR or more; it is free when we or the carrier are at fault.',
    ],
    [{ keepItemBelowMinor: 800 }, 'What is worth less than 8.00 EUR need not come back.'],
    [{ restockingFeeBp: 1500 }, 'A restocking fee of 15 % (15.00 EUR of 100.00 EUR) is taken off.'],
    [{ captureToleranceMinor: 0 }, 'Where less was captured than the prices come to, a person decides.'],
    [{ storeCreditBonusBp: 500 }, 'store credit is worth 5 % more'],
    [{ refundTrigger: 'firstScan', inspectionRequired: true }, 'We refund when the carrier has scanned the parcel for the first time'],
  ])('says %j', (over, words) => {
    expect(said(over)).toContain(words);
  });
});

describe('The difference between two policies', () => {
  it('is nothing between equal ones', () => {
    expect(policyDifferences(policy(), policy(), euros)).toEqual([]);
  });

  it('names old and new of every field and reason', () => {
    const [first, ...rest] = DEFAULT_POLICY.reasons;
    const after = policy({
      windowDays: null,
      returnShipping: { feeMinor: 490, freeFromMinor: null },
      methods: ['label'],
      gradeFactorsBp: { ...DEFAULT_POLICY.gradeFactorsBp, C: 5000 },
      reasons: [...rest, { ...first!, requiresNote: true, labels: { de: 'Zu klein' } }],
    });
    expect(policyDifferences(policy(), after, euros)).toEqual([
      { field: 'Days to return', before: '30 days', after: 'no limit' },
      { field: 'Methods', before: 'drop off, in store, label, own shipping, pickup', after: 'label' },
      { field: 'Return shipping fee', before: '0.00 EUR', after: '4.90 EUR' },
      { field: 'Refund for grade C', before: '75 %', after: '50 %' },
      {
        field: 'Reason too_small',
        before: '"Too small", fault of customer',
        after: '"Too small", in German "Zu klein", fault of customer, needs a note',
      },
      {
        field: 'Order of the reasons',
        before: expect.stringMatching(/^too_small, too_large/),
        after: expect.stringMatching(/, too_small$/),
      },
    ]);
  });
});

describe('The policy form', () => {
  it('gives back the document it was made of, in currencies with and without decimals', () => {
    const full = policy({
      windowDays: null,
      restockingFeeBp: 1250,
      returnShipping: { feeMinor: 490, freeFromMinor: 100_000 },
      keepItemBelowMinor: 5,
      approval: { auto: true, reviewAboveMinor: 0, declineReasons: ['other'] },
      finalSale: { categories: ['a', 'b'], skus: ['S'] },
      reasons: DEFAULT_POLICY.reasons.map((reason) => (reason.code === 'other' ? { ...reason, labels: { de: 'Anderes' } } : reason)),
    });
    for (const digits of [0, 2, 3]) expect(readForm(formOf(full, digits), digits)).toEqual({ policy: full, faults: [] });
  });

  it('does not publish again that exchanges are offered, which nothing carries out', () => {
    expect(readForm(formOf(policy({ outcomes: ['original_payment', 'exchange'] }), 2), 2).policy?.outcomes).toEqual(['original_payment']);
  });

  it('reads numbers as people write them, without rounding', () => {
    expect(['4.90', '4,9', '4', ' 0.07 ', '-1', '4.901', 'x', '', '1e3'].map((text) => scaled(text, 2))).toEqual([
      490,
      490,
      400,
      7,
      -100,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect([scaled('490', 0), scaled('4.9', 0), decimalOf(5, 2), decimalOf(-5, 2), decimalOf(490, 0)]).toEqual([
      490,
      undefined,
      '0.05',
      '-0.05',
      '490',
    ]);
  });

  it('names the field of what cannot be read', () => {
    const form = { ...formOf(policy(), 2), windowDays: 'a month', fee: '4.901', restockingFee: '' };
    expect(readForm(form, 2).faults.map(({ pointer }) => pointer)).toEqual(['/windowDays', '/returnShipping/feeMinor', '/restockingFeeBp']);
  });

  it('keeps what cannot be read as it was typed when amounts are shown in a currency of other decimals', () => {
    const form = { ...formOf(policy(), 2), windowDays: 'a month', fee: '4,90', freeFrom: 'fifty', keepItemBelow: '', reviewAbove: '1500' };
    expect(inDigits(form, 2, 0)).toEqual({ ...form, fee: '490', reviewAbove: '150000' });
    expect(inDigits(inDigits(form, 2, 0), 0, 2)).toEqual({ ...form, fee: '4.90', reviewAbove: '1500.00' });
  });
});

describe('The board’s address', () => {
  it('knows every status there is', () => {
    expect([...STATUSES].sort()).toEqual([...RETURN_STATUSES].sort());
  });

  it('is read into a filter, without what it cannot mean', () => {
    const address = new URLSearchParams(
      'status=in_review,nonsense,closed&method=label&olderThanDays=7&sort=oldest&q=%20A-1%20&colour=red&outcome=',
    );
    expect(filterIn(address)).toEqual({
      q: 'A-1',
      status: ['in_review', 'closed'],
      method: ['label'],
      minAgeSeconds: 604_800,
      sort: 'oldest',
    });
    expect(filterIn(new URLSearchParams('olderThanDays=x'))).toEqual({});
  });

  it('begins at the first page when the filter changes', () => {
    const address = new URLSearchParams('cursor=abc&q=x');
    expect(changed(address, { status: 'closed' }).toString()).toBe('q=x&status=closed');
    expect(changed(address, { q: '' }).toString()).toBe('');
    expect(apiAddress({ status: ['closed', 'expired'], cursor: 'abc', q: 'a&b' })).toBe('/v1/returns?status=closed%2Cexpired&q=a%26b');
  });
});

describe('The moments of a return', () => {
  const moments = momentsOf([
    { recordedAt: '2026-03-01T10:00:00.000Z', revision: 1, words: 'Requested.' },
    { recordedAt: '2026-03-01T10:00:00.000Z', revision: 2, words: 'Approved.' },
    { recordedAt: '2026-03-02T10:00:00.000Z', revision: 5, words: 'Received.' },
  ]);

  it('join what became known at once', () => {
    expect(moments.map(({ words, revision }) => [words, revision])).toEqual([
      ['Requested. Approved.', 2],
      ['Received.', 5],
    ]);
  });

  it('are found by time', () => {
    expect(
      [null, '2026-03-01T09:59:59.999Z', '2026-03-01T10:00:00.000Z', '2026-03-01T12:00:00Z', '2027-01-01T00:00:00Z'].map((asOf) =>
        momentAt(moments, asOf),
      ),
    ).toEqual([1, -1, 0, 0, 1]);
  });
});

describe('What staff may do to a return', () => {
  const facts = { method: 'label', lines: [{ received: 0, missing: 0, awaiting: 1 }], refunds: [], milestones: { firstScanAt: null } };
  it.each([
    ['in_review', facts, ['approve', 'decline', 'cancel']],
    ['label_issued', facts, ['label', 'close', 'review', 'cancel']],
    ['in_transit', { ...facts, milestones: { firstScanAt: '2026-03-01T10:00:00.000Z' } }, ['close', 'review']],
    ['received', { ...facts, lines: [{ received: 1, missing: 0, awaiting: 0 }] }, ['close', 'review']],
    ['inspecting', { ...facts, needsDecision: 'review', lines: [{ received: 1, missing: 0, awaiting: 0 }] }, ['approve', 'decline']],
    ['refund_blocked', { ...facts, needsDecision: 'blocked', lines: [{ received: 1, missing: 0, awaiting: 0 }] }, ['review']],
    ['closed', facts, ['reopen']],
    ['cancelled', facts, []],
  ])('depends on how it stands: %s', (status, more, expected) => {
    expect(actionsOf({ needsDecision: status === 'in_review' ? 'review' : null, ...more, status })).toEqual(expected);
  });
});

describe('A declined return', () => {
  const told = (code: string) => (['en', 'de'] as const).map((language) => declineWords(code, language));

  it.each(DECLINE_CODES.map(({ value }) => value).filter((code) => code !== 'declined_by_staff'))(
    'has words for its customer in every language: %s',
    (code) => {
      expect(told(code)).toEqual([expect.stringMatching(/ /), expect.stringMatching(/ /)]);
    },
  );

  it('says to staff what they chose, what the policy did, and what somebody wrote', () => {
    expect(['signs_of_use', 'approval.declineReasons', 'declined_by_staff', 'late_parcel', 'He kept it.'].map(endWords)).toEqual([
      'The item shows signs of use',
      'The policy always declines for the reason given',
      'Declined by staff',
      'late parcel',
      'He kept it.',
    ]);
  });
});

describe('What is wrong with the service', () => {
  const view = { name: 'refunds', state: 'live', lagSeconds: 0, error: null, rebuildError: null };
  const process = { name: 'refund-payout', state: 'running', failing: 0, due: 0, oldestDueSeconds: 0 };
  it('is said in words, and nothing when all is well', () => {
    expect(faultsOf([view], [process])).toEqual([]);
    expect(
      faultsOf(
        [
          { ...view, state: 'failed', error: 'x' },
          { ...view, lagSeconds: 90 },
          { ...view, rebuildError: 'x' },
        ],
        [
          { ...process, state: 'stopped' },
          { ...process, failing: 2 },
          { ...process, due: 1, oldestDueSeconds: 600 },
        ],
      ),
    ).toEqual([
      'The view refunds has stopped at an event it cannot take. It shows what was known until then. Mend the cause, then rebuild it.',
      'The view refunds is 90 seconds behind the log: what it shows is that old. If it does not catch up by itself, find out whether the event log answers.',
      'The last rebuild of refunds broke off. The build before it is still in use. Mend the cause, then rebuild it again.',
      'The process refund-payout has stopped: nothing of its work is done. Start the service again; its own log says why it stopped.',
      '2 to-dos of refund-payout failed at the last attempt and will be tried again. The table of processes says why.',
      'Work of refund-payout has been due for 10 minutes. If it does not begin by itself, start the service again.',
    ]);
  });

  it('is told with what to do where an attempt failed, whatever it failed with', () => {
    expect(failureWords('label-purchase', 'TimeLimitError: No answer within 30000 ms')).toBe(
      'The carrier did not answer in time. It is asked again by itself; if this goes on, find out whether it is out of order.',
    );
    expect(failureWords('refund-payout', 'TimeLimitError: No answer within 30000 ms')).toMatch(
      /^The payment provider did not answer in time/,
    );
    expect(failureWords('refund-payout', 'PaymentOutcomeUnknown: The line broke off')).toMatch(/nothing is paid twice/);
    expect(failureWords('refund-payout', 'StillUnderWay: simulated has not finished F-1-R1-F1')).toMatch(/there is nothing to do/);
    expect(failureWords('return-expiry', 'StoreUnavailableError: no leader')).toMatch(/^The event log did not answer/);
    for (const error of ['TypeError: fetch failed', 'SqliteError: database is locked', 'no words', ''])
      expect(failureWords('found-parcels', error)).toMatch(/^The last attempt failed\. It is made again by itself/);
  });
});
