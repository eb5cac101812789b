import { describe, expect, it } from '@jest/globals';
import { spansOf } from '../../src/finance/stages.js';
import type { EventOf, ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import type { ReturnState } from '../../src/returns/rules/returns.state.js';
import { Log, registered, terms } from './refunds.histories.js';

const HOUR_MS = 3_600_000;
const returnId = 'ORDER-0-R1';

/** A return of one unit and what happened to it, one step an hour. */
class Story {
  readonly log = new Log();

  constructor(method: EventOf<'ReturnRequested'>['data']['method'] = 'label', overrides: Parameters<typeof terms>[0] = {}) {
    this.log.run(0, registered(0));
    this.then((at) => [
      {
        type: 'ReturnRequested',
        data: {
          at,
          returnId,
          outcome: 'original_payment',
          method,
          carrier: 'builtin',
          terms: terms({ tenderOrder: 'giftCardFirst', ...overrides }),
          quotedMinor: 1192,
          lines: [{ lineId: 'L1', units: [0], reason: 'too_small', fault: 'customer', condition: 'opened', noteRef: null, photoRefs: [] }],
        },
      },
    ]);
  }

  /** An hour later. */
  then(events: (at: string) => readonly ReturnsEvent[]): this {
    this.log.nowMs += HOUR_MS;
    this.log.write(0, events(this.log.at));
    return this;
  }

  approved = () => this.then((at) => [{ type: 'ReturnApproved', data: { at, returnId, by: 'policy', ruleIds: [] } }]);
  labelled = () =>
    this.then((at) => [
      { type: 'LabelRequested', data: { at, returnId, labelId: 'L', carrier: 'builtin', kind: 'label' } },
      {
        type: 'LabelIssued',
        data: { at, returnId, labelId: 'L', carrier: 'builtin', trackingNumber: 'T1', costMinor: 0, documentRef: 'd' },
      },
    ]);
  scanned = () => this.then((at) => [{ type: 'ParcelScanned', data: { at, returnId, trackingNumber: 'T1', place: null } }]);
  delivered = (hoursAgo = 0) =>
    this.then(() => [
      {
        type: 'ParcelDelivered',
        data: { at: new Date(this.log.nowMs - hoursAgo * HOUR_MS).toISOString(), returnId, trackingNumber: 'T1', place: null },
      },
    ]);
  received = () =>
    this.then((at) => [
      { type: 'ItemReceived', data: { at, returnId, station: 'S1', clerk: 'c', scanId: 's', lineId: 'L1', units: [0], barcode: null } },
    ]);
  graded = () =>
    this.then((at) => [
      {
        type: 'ItemGraded',
        data: {
          at,
          returnId,
          station: 'S1',
          clerk: 'c',
          lineId: 'L1',
          units: [0],
          grade: 'A',
          factorBp: 10000,
          defects: [],
          photoRefs: [],
        },
      },
    ]);
  entitled = (refundMinor = 1192) =>
    this.then((at) => [
      {
        type: 'RefundEntitled',
        data: {
          at,
          returnId,
          refundId: `${returnId}-F1`,
          trigger: 'received',
          destination: 'original_payment',
          reason: null,
          breakdown: {
            units: [{ lineId: 'L1', unit: 0, netMinor: 1001, taxMinor: 191, factorBp: 10000, refundMinor }],
            shippingMinor: 0,
            fees: [],
            bonusMinor: 0,
            totalMinor: refundMinor,
            payments: refundMinor === 0 ? [] : [{ paymentId: 'card', amountMinor: refundMinor }],
            ruleIds: [],
          },
        },
      },
    ]);
  submitted = () => this.payout((on) => ({ type: 'RefundSubmitted', data: { ...on, provider: 'simulated', key: 'k', amountMinor: 1192 } }));
  succeeded = () => this.payout((on) => ({ type: 'RefundSucceeded', data: { ...on, providerRefundId: 're', by: 'provider' } }));
  failed = () => this.payout((on) => ({ type: 'RefundFailed', data: { ...on, code: 'closed', by: 'provider' } }));
  parked = () => this.payout((on) => ({ type: 'RefundParked', data: { ...on, reason: { code: 'timeout' }, attempts: 8 } }));
  private payout = (event: (on: { at: string; returnId: string; refundId: string; paymentId: string }) => ReturnsEvent) =>
    this.then((at) => [event({ at, returnId, refundId: `${returnId}-F1`, paymentId: 'card' })]);

  get ret(): ReturnState {
    return this.log.stateOf(0).returns[0]!;
  }
  /** Stage → hours it took, or who holds it. */
  get stages(): Record<string, number | string> {
    return Object.fromEntries(
      spansOf(this.ret).map(({ stage, startedMs, endedMs, holder }) => [
        stage,
        endedMs === null ? `open: ${holder}` : (endedMs - startedMs) / HOUR_MS,
      ]),
    );
  }
}

describe('the stages between a request and the money', () => {
  it('follow each other from the request to the money, and add up to the total', () => {
    const story = new Story('label', { inspectionRequired: true })
      .approved()
      .labelled()
      .scanned()
      .delivered()
      .received()
      .graded()
      .entitled()
      .submitted()
      .succeeded();
    expect(story.stages).toEqual({
      approval: 1,
      label: 1,
      first_scan: 1,
      delivery: 1,
      receipt: 1,
      inspection: 1,
      entitlement: 1,
      submission: 1,
      money: 1,
      total: 9,
    });
  });

  it('leave out what was not needed instead of counting it as zero', () => {
    const story = new Story('in_store').approved().received().entitled().submitted().succeeded();
    expect(story.stages).toEqual({ approval: 1, receipt: 1, entitlement: 1, submission: 1, money: 1, total: 5 });
  });

  it('say at every moment which stage is open and who holds it', () => {
    const story = new Story();
    const open = (): unknown => Object.entries(story.stages).filter(([, value]) => typeof value === 'string');
    expect(open()).toEqual([
      ['approval', 'open: merchant'],
      ['total', 'open: merchant'],
    ]);
    expect((story.approved(), open())).toEqual([
      ['label', 'open: merchant'],
      ['total', 'open: merchant'],
    ]);
    expect((story.labelled(), open())).toEqual([
      ['first_scan', 'open: customer'],
      ['total', 'open: customer'],
    ]);
    expect((story.scanned(), open())).toEqual([
      ['delivery', 'open: carrier'],
      ['total', 'open: carrier'],
    ]);
    expect((story.delivered(), open())).toEqual([
      ['receipt', 'open: merchant'],
      ['total', 'open: merchant'],
    ]);
    expect((story.received(), open())).toEqual([
      ['entitlement', 'open: merchant'],
      ['total', 'open: merchant'],
    ]);
    expect((story.entitled(), open())).toEqual([
      ['submission', 'open: merchant'],
      ['total', 'open: merchant'],
    ]);
    expect((story.submitted(), open())).toEqual([
      ['money', 'open: bank'],
      ['total', 'open: bank'],
    ]);
    expect((story.parked(), open())).toEqual([
      ['money', 'open: merchant'],
      ['total', 'open: merchant'],
    ]);
    expect((story.succeeded(), open())).toEqual([]);
  });

  it('open the last one again when a payout fails after it had succeeded, with the clock running since the request', () => {
    const story = new Story('in_store').approved().received().entitled().submitted().succeeded().failed();
    expect(story.stages).toMatchObject({ submission: 1, money: 'open: merchant', total: 'open: merchant' });
    expect((story.succeeded(), story.stages)).toMatchObject({ money: 3, total: 7 });
  });

  it('count the way to the money only: a refund at the first scan waits for no delivery', () => {
    const story = new Story('label', { refundTrigger: 'firstScan' }).approved().labelled().scanned();
    expect(story.stages).toMatchObject({ first_scan: 1, entitlement: 'open: merchant' });
    story.entitled().submitted().succeeded().delivered();
    expect(story.stages).toEqual({ approval: 1, label: 1, first_scan: 1, entitlement: 1, submission: 1, money: 1, total: 6, delivery: 4 });
  });

  it('are never negative when a carrier tells a delivery after the receipt', () => {
    const early = new Story().approved().labelled().scanned().received().delivered();
    expect(early.stages).toMatchObject({ first_scan: 1, receipt: 1, delivery: 2 });
    const late = new Story().approved().labelled().scanned().received().delivered(1.5);
    expect(late.stages).toMatchObject({ first_scan: 1, delivery: 0.5, receipt: 0.5 });
  });

  it('end without a total where no money is owed: declined, or refunded with nothing', () => {
    const declined = new Story().then((at) => [
      { type: 'ReturnDeclined', data: { at, returnId, by: 'staff', code: 'abuse', noteRef: null, reasonRef: null } },
    ]);
    expect(declined.stages).toEqual({});
    const worthless = new Story('in_store').approved().received().entitled(0);
    expect(worthless.stages).toEqual({ approval: 1, receipt: 1 });
  });
});
