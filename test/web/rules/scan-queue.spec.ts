import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CountedCommand, QueuedCommand, StationCommand } from '../../../web/src/warehouse/queue/commands';
import { codesToLookFor, foundUnder, knownFromAnswer, withCommands, type ExpectedReturn } from '../../../web/src/warehouse/queue/returns';
import { isKnownAgainFromAnyone, laneOf, nextToSend, verdictOn, waitAfter, type Reply } from '../../../web/src/warehouse/queue/rules';

const station = 'dock-2';
const receipt = (returnId: string): StationCommand => ({
  kind: 'receipt',
  returnId,
  body: { station, scanId: 's', items: [{ barcode: 'SKU-RED', quantity: 1 }] },
});
const [ADA, GRACE] = ['key-ada', 'key-grace'];
const queued = (sequence: number, command: StationCommand, by?: string): QueuedCommand => ({
  id: `c${sequence}`,
  sequence,
  madeAt: '2026-03-01T10:00:00.000Z',
  command,
  effects: [],
  ...(by === undefined ? {} : { by }),
});
const refused = (status: number, code: string): Reply => ({ kind: 'refused', status, code, detail: '', retryAfterSeconds: null });

describe('An answer to a scan', () => {
  it('lets it leave the queue only where the service has done it', () => {
    expect(verdictOn({ kind: 'accepted', answer: {}, replayed: true })).toBe('done');
  });

  it.each([
    [404, 'not_found'],
    [409, 'invalid_state'],
    [400, 'validation_failed'],
    [422, 'unknown_line'],
    [422, 'idempotency_conflict'],
    [413, 'append_too_large'],
  ])('%i %s is a conflict, which sending again cannot change', (status, code) => expect(verdictOn(refused(status, code))).toBe('conflict'));

  it.each([
    [503, 'too_busy'],
    [503, 'outcome_unknown'],
    [503, 'stopping'],
    [429, 'rate_limited'],
  ])('%i %s: everything waits', (status, code) => expect(verdictOn(refused(status, code))).toBe('later'));

  it('holds up only this command where only this one cannot be done now', () => {
    expect([verdictOn(refused(500, 'internal_error')), verdictOn(refused(409, 'idempotency_in_progress'))]).toEqual([
      'later_here',
      'later_here',
    ]);
  });

  it('asks for a person where nobody is signed in who may scan, and for a new token where that is old', () => {
    expect([
      verdictOn(refused(401, 'unauthenticated')),
      verdictOn(refused(403, 'forbidden')),
      verdictOn(refused(403, 'csrf_token_missing')),
    ]).toEqual(['sign_in', 'sign_in', 'new_session']);
  });

  it('that is not this service’s is none, whatever its status', () => {
    expect([404, 403, 502, 302].map((status) => verdictOn(refused(status, 'internal_error')))).toEqual([
      'later',
      'later',
      'later',
      'later',
    ]);
    expect(verdictOn({ kind: 'silent' })).toBe('later');
  });
});

describe('What is sent next', () => {
  it('is the oldest command of each return, a few at a time', () => {
    const queue = [queued(1, receipt('A')), queued(2, receipt('A')), queued(3, receipt('B')), queued(4, receipt('C'))];
    expect(nextToSend(queue, new Set(), 2, ADA).map(({ id }) => id)).toEqual(['c1', 'c3']);
    expect(nextToSend(queue, new Set(['return A']), 4, ADA).map(({ id }) => id)).toEqual(['c3', 'c4']);
    expect(nextToSend(queue, new Set(), 0, ADA)).toEqual([]);
  });

  it('keeps an unannounced parcel before its contents', () => {
    const [parcel, items] = [
      queued(1, { kind: 'found_parcel', body: { station, parcelId: 'P-1' } }),
      queued(2, { kind: 'found_items', parcelId: 'P-1', body: { station, scanId: 's', items: [{ barcode: 'X', quantity: 1 }] } }),
    ];
    expect(laneOf(items)).toBe(laneOf(parcel));
  });

  it('is never what somebody else has made, nor what follows that on the same return', () => {
    const queue = [queued(1, receipt('A'), GRACE), queued(2, receipt('A'), ADA), queued(3, receipt('B'), ADA), queued(4, receipt('C'))];
    expect(nextToSend(queue, new Set(), 4, ADA).map(({ id }) => id)).toEqual(['c3', 'c4']);
    expect(nextToSend(queue, new Set(), 4, GRACE).map(({ id }) => id)).toEqual(['c1', 'c4']);
  });

  it('comes to each command in the name of who made it and in order per return, however often people take turns', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('A', 'B'), fc.constantFrom(ADA, GRACE, undefined)), { maxLength: 30 }), (made) => {
        let queue: readonly QueuedCommand[] = made.map(([returnId, by], index) => queued(index + 1, receipt(returnId), by));
        const done: QueuedCommand[] = [];
        for (let step = 0; queue.length > 0; step += 1) {
          const who = step % 2 === 0 ? ADA : GRACE;
          const sent = nextToSend(queue, new Set(), 2, who);
          expect(sent.filter(({ by = who }) => by !== who)).toEqual([]);
          done.push(...sent);
          queue = queue.filter((each) => !sent.includes(each));
        }
        for (const returnId of ['A', 'B']) {
          const its = done.filter((command) => laneOf(command) === `return ${returnId}`).map(({ sequence }) => sequence);
          expect(its).toEqual(its.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('comes to each command once and in order per return, however often the line fails', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('A', 'B', 'C'), { maxLength: 40 }), fc.array(fc.nat(3), { minLength: 1 }), (returns, luck) => {
        let queue: readonly QueuedCommand[] = returns.map((returnId, index) => queued(index + 1, receipt(returnId)));
        const done: QueuedCommand[] = [];
        for (let step = 0; queue.length > 0; step += 1) {
          for (const command of nextToSend(queue, new Set(), 2, ADA)) {
            if (luck[step % luck.length] === 3 && step % 7 !== 0) continue;
            done.push(command);
            queue = queue.filter(({ id }) => id !== command.id);
          }
        }
        for (const returnId of ['A', 'B', 'C']) {
          const its = done.filter((command) => laneOf(command) === `return ${returnId}`).map(({ sequence }) => sequence);
          expect(its).toEqual(returns.flatMap((each, index) => (each === returnId ? [index + 1] : [])));
        }
      }),
    );
  });

  it('waits longer after each failure, never as long as a person would notice the line first, and as long as it was told to', () => {
    expect([1, 2, 3].map((failures) => waitAfter(failures, 1, null))).toEqual([400, 800, 1600]);
    expect(waitAfter(100, 1, null)).toBe(15_000);
    expect(waitAfter(1, 0, null)).toBe(200);
    expect(waitAfter(1, 0, 5)).toBe(5000);
  });

  it('is known again from anyone where it carries an id of its own', () => {
    const correction = {
      kind: 'correction',
      returnId: 'A',
      scanId: 's',
      body: { station, quantity: 1, why: 'wrong_scan', correctionId: 'c9' },
    } as const;
    expect([
      isKnownAgainFromAnyone(correction),
      isKnownAgainFromAnyone({ kind: 'missing', returnId: 'A', body: { station, why: 'empty_box', items: [] } }),
    ]).toEqual([true, false]);
  });
});

describe('A return that this device knows', () => {
  const line = {
    lineId: 'red',
    sku: 'SKU-RED',
    title: 'Red shirt',
    barcode: '4006381333931',
    reason: 'changed_mind',
    condition: 'opened',
    authorised: 3,
    awaiting: 3,
    received: 0,
    missing: 0,
    awaitingInspection: 0,
    toPutAway: 0,
  };
  const expected: ExpectedReturn = {
    returnId: 'O-1-R1',
    orderId: 'O-1',
    status: 'approved',
    matchedBy: 'return_id',
    awaiting: 3,
    words: '3 pieces are awaited.',
    inspectionRequired: false,
    trackingNumbers: ['1Z999'],
    lines: [line],
  };
  const known = knownFromAnswer(expected, 'LABEL-7', '2026-03-01T10:00:00.000Z', undefined);
  const leadsToIt = (code: string): boolean =>
    codesToLookFor(code)
      .flat()
      .some((each) => known.codes.includes(each));

  it('is found by everything a scanner reads on it', () => {
    expect(
      [
        'O-1-R1',
        'o-1-r1',
        ']C11Z999',
        'O-1',
        '4006381333931',
        '04006381333931',
        'SKU-RED',
        'https://returns.example.org/r/O-1-R1?x=1',
      ].filter((code) => !leadsToIt(code)),
    ).toEqual([]);
    expect(leadsToIt('O-2-R1')).toBe(false);
    expect(foundUnder(['tracking_number 1Z999'], [known]).returns[0]?.matchedBy).toBe('tracking_number');
  });

  const received = (returnId: string, count: number): CountedCommand => ({
    id: `${returnId} ${count}`,
    command: receipt(returnId),
    effects: [{ lineId: 'red', counts: { awaiting: -count, received: count, awaitingInspection: count } }],
  });

  it('counts what waits in this browser as done', () => {
    const after = withCommands(expected, [received('O-1-R1', 2), received('O-9-R1', 1), received('O-1-R1', -1)]);
    expect(after).toMatchObject({
      awaiting: 2,
      words: '2 pieces are awaited.',
      lines: [{ awaiting: 2, received: 1, awaitingInspection: 1 }],
    });
  });

  it('keeps what is said of one that was declined', () => {
    const words = 'The return was declined. Receive what is there; the case goes to review.';
    expect(withCommands({ ...expected, status: 'declined', words }, [received('O-1-R1', 1)])).toMatchObject({ awaiting: 2, words });
  });

  it('never awaits fewer than none', () => {
    expect(withCommands(expected, [received('O-1-R1', 9)])).toMatchObject({ awaiting: 0, lines: [{ received: 3 }] });
  });
});
