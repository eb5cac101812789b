import { describe, expect, it } from '@jest/globals';
import { stepFor, type Draft, type LeafReason } from '../../../web/src/portal/filing/draft.js';

const LEAVES: readonly LeafReason[] = [
  { code: 'too_small', label: 'Too small', under: [], requiresNote: false },
  { code: 'other', label: 'Other', under: [], requiresNote: true },
];
const line = { lineId: '1', quantity: 1, reason: 'too_small', condition: 'opened', note: '', photos: [] } as const;
const draft = (over: Partial<Draft> = {}): Draft => ({
  key: 'k',
  lines: [line],
  outcome: 'original_payment',
  method: 'label',
  isSent: false,
  ...over,
});

describe('The step of a return that is being filed', () => {
  it.each<[what: string, entered: Draft, step: string]>([
    ['nothing is chosen', draft({ lines: [] }), 'items'],
    ['a reason is missing', draft({ lines: [{ ...line, reason: null }] }), 'details'],
    ['a note is missing', draft({ lines: [{ ...line, reason: 'other', note: ' ' }] }), 'details'],
    ['the way to get the money is not chosen', draft({ outcome: null }), 'offers'],
    ['the return method is not chosen', draft({ method: null }), 'offers'],
    ['nothing is missing', draft(), 'check'],
    ['it was sent, whatever is missing now', draft({ lines: [], isSent: true }), 'check'],
  ])('goes no further than what was entered allows: %s', (_, entered, step) => {
    expect(stepFor(entered, LEAVES, 'check')).toBe(step);
  });

  it('is the one asked for, where that is behind him or no step at all', () => {
    expect([stepFor(draft(), LEAVES, 'details'), stepFor(draft(), LEAVES, null), stepFor(draft(), LEAVES, 'payment')]).toEqual([
      'details',
      'items',
      'items',
    ]);
  });
});
