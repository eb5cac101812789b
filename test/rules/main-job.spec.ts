/** The one journey that everything is for, step by step. Each step starts from the commands before it, so that the steps fit together. */
import { describe, expect, it } from '@jest/globals';
import { statusOf } from '../../src/returns/rules/returns.status.js';
import { fold, given, history } from '../support/given-when-then.js';
import {
  day,
  file,
  issueLabel,
  order,
  outcome,
  R1,
  receive,
  scanned,
  submit,
  succeeded,
  termsUnder,
  tracking,
  wish,
} from './returns.scenes.js';

const ask = [order(), file([wish('shirt', 2), wish('cap')])];

describe('A customer sends everything back and gets everything back', () => {
  it('files a return: the policy approves, and the label is asked for at once', () => {
    given(...history(order()))
      .when(file([wish('shirt', 2), wish('cap')]))
      .then(
        {
          type: 'ReturnRequested',
          data: {
            at: day(2),
            returnId: R1,
            lines: [
              {
                lineId: 'shirt',
                units: [0, 1],
                reason: 'too_small',
                fault: 'customer',
                condition: 'unopened',
                noteRef: null,
                photoRefs: [],
              },
              { lineId: 'cap', units: [0], reason: 'too_small', fault: 'customer', condition: 'unopened', noteRef: null, photoRefs: [] },
            ],
            outcome: 'original_payment',
            method: 'label',
            carrier: 'builtin',
            terms: termsUnder(),
            quotedMinor: 3370,
          },
        },
        { type: 'ReturnApproved', data: { at: day(2), returnId: R1, by: 'policy', ruleIds: ['approval.auto'] } },
        { type: 'LabelRequested', data: { at: day(2), returnId: R1, labelId: `${R1}-L1`, carrier: 'builtin', kind: 'label' } },
      );
  });

  it('owes the refund the moment the items are scanned, with every cent explained', () => {
    given(...history(...ask, issueLabel(), tracking('scanned'), tracking('delivered', day(5))))
      .when(receive('s1', [scanned('shirt', 2), scanned('cap')]))
      .then(
        { type: 'ParcelOpened', data: { at: day(6), returnId: R1, station: 'dock-2', clerk: 'key-7', trackingNumber: 'TN-1' } },
        {
          type: 'ItemReceived',
          data: {
            at: day(6),
            returnId: R1,
            station: 'dock-2',
            clerk: 'key-7',
            scanId: 's1',
            lineId: 'shirt',
            units: [0, 1],
            barcode: null,
          },
        },
        {
          type: 'ItemReceived',
          data: { at: day(6), returnId: R1, station: 'dock-2', clerk: 'key-7', scanId: 's1', lineId: 'cap', units: [0], barcode: null },
        },
        {
          type: 'RefundEntitled',
          data: {
            at: day(6),
            returnId: R1,
            refundId: `${R1}-F1`,
            trigger: 'received',
            destination: 'original_payment',
            reason: null,
            breakdown: {
              units: [
                { lineId: 'shirt', unit: 0, netMinor: 1000, taxMinor: 190, factorBp: 10_000, refundMinor: 1190 },
                { lineId: 'shirt', unit: 1, netMinor: 1000, taxMinor: 190, factorBp: 10_000, refundMinor: 1190 },
                { lineId: 'cap', unit: 0, netMinor: 420, taxMinor: 80, factorBp: 10_000, refundMinor: 500 },
              ],
              shippingMinor: 490,
              fees: [],
              bonusMinor: 0,
              totalMinor: 3370,
              payments: [{ paymentId: 'card', amountMinor: 3370 }],
              ruleIds: ['refundTrigger.received', 'units.paid', 'outboundShipping.fullReturn', 'tenderOrder.reverseCapture'],
            },
          },
        },
      );
  });

  it('pays: submitted under its key, then succeeded', () => {
    const received = [...ask, issueLabel(), receive('s1', [scanned('shirt', 2), scanned('cap')])];
    given(...history(...received))
      .when(submit())
      .then({
        type: 'RefundSubmitted',
        data: {
          at: day(7),
          returnId: R1,
          refundId: `${R1}-F1`,
          paymentId: 'card',
          provider: 'simulated',
          key: `${R1}-F1.card.0`,
          amountMinor: 3370,
        },
      });
    given(...history(...received, submit()))
      .when(outcome(succeeded))
      .then({
        type: 'RefundSucceeded',
        data: { at: day(8), returnId: R1, refundId: `${R1}-F1`, paymentId: 'card', providerRefundId: 'pr-1', by: 'provider' },
      });
  });

  it('shows one status at every step, and the milestones of the way', () => {
    const steps = [
      ...ask,
      issueLabel(),
      tracking('scanned'),
      tracking('delivered', day(5)),
      receive('s1', [scanned('shirt', 2), scanned('cap')]),
      submit(),
      outcome(succeeded),
    ];
    const statuses = steps.slice(1).map((_, index) => {
      const state = fold(history(...steps.slice(0, index + 2)));
      return statusOf(state, state.returns[0]!);
    });
    expect(statuses).toEqual(['approved', 'label_issued', 'in_transit', 'delivered', 'refunding', 'refunding', 'refunded']);
    expect(fold(history(...steps)).returns[0]!.milestones).toEqual({
      requestedAt: day(2),
      approvedAt: day(2),
      labelIssuedAt: day(2),
      firstScanAt: day(4),
      deliveredAt: day(5),
      receivedAt: day(6),
      inspectedAt: null,
      entitledAt: day(6),
      submittedAt: day(7),
      refundedAt: day(8),
      endedAt: null,
    });
  });
});
