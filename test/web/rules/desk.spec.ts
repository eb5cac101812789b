import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiProblem } from '../../../web/src/shared/api/problem';
import type { CountedCommand, StationCommand } from '../../../web/src/warehouse/queue/commands';
import { Desk } from '../../../web/src/warehouse/station/desk';
import type { ExpectedReturn, FoundParcel, StationState } from '../../../web/src/warehouse/station/model';
import type { Match } from '../../../web/src/warehouse/station/parcels';
import { linesOf } from '../../../web/src/warehouse/station/turns';

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
/** The return after as many pieces have come. */
const withReceived = (received: number): ExpectedReturn => ({
  returnId: 'A-1-R1',
  orderId: 'A-1',
  status: 'approved',
  matchedBy: 'return_id',
  awaiting: 3 - received,
  words: '',
  inspectionRequired: false,
  trackingNumbers: ['1Z999'],
  lines: [{ ...line, awaiting: 3 - received, received, awaitingInspection: received }],
});

/** A question to the service that the test answers when it likes. */
type Question<Answer> = { readonly answer: (answer: Answer) => void; readonly fail: (error: Error) => void };
function questions<Answer>(): { readonly ask: () => Promise<Answer>; readonly asked: Question<Answer>[] } {
  const asked: Question<Answer>[] = [];
  return { asked, ask: () => new Promise<Answer>((answer, fail) => asked.push({ answer, fail })) };
}

/** A desk whose questions are answered by the test. */
function atDesk() {
  const commands: CountedCommand[] = [];
  const [lookUps, refreshes, matches] = [
    questions<{ barcode: string; returns: ExpectedReturn[]; more: boolean; parcels: [] }>(),
    questions<ExpectedReturn | undefined>(),
    questions<void>(),
  ];
  const tried: Match[] = [];
  const disk = { isFull: false };
  const desk = new Desk('dock-2', {
    enqueue: async (counted) => {
      if (disk.isFull) throw new Error('QuotaExceededError');
      commands.push(counted);
    },
    findExpected: lookUps.ask,
    readReturn: refreshes.ask,
    readParcel: () => new Promise(() => undefined),
    matchParcel: (match) => {
      tried.push(match);
      return matches.ask();
    },
    onPanel: () => undefined,
  });
  desk.resume();
  return { desk, commands, disk, lookUps: lookUps.asked, refreshes: refreshes.asked, matches: matches.asked, tried };
}
type AtDesk = ReturnType<typeof atDesk>;

const known = (ret: ExpectedReturn) => ({ barcode: ret.returnId, returns: [ret], more: false, parcels: [] as [] });
/** Lets go what waits for an answer that has been given, and for less than a second. */
const settle = () => jest.advanceTimersByTimeAsync(900);
const open = async (at: AtDesk, ret: ExpectedReturn): Promise<void> => {
  at.desk.scan('1Z999');
  at.lookUps.at(-1)?.answer(known(ret));
  await settle();
};
const opened = async (ret = withReceived(0)): Promise<AtDesk> => {
  const at = atDesk();
  await open(at, ret);
  return at;
};
const countOf = ({ open: ret, ...state }: StationState): number | undefined =>
  ret?.kind === 'return' ? linesOf({ open: ret, ...state }, ret)[0]?.received : undefined;
const done = ({ desk, commands }: AtDesk, index: number): void => {
  const counted = commands[index];
  if (counted === undefined) throw new Error('It was not sent');
  desk.hear({ kind: 'done', queued: { sequence: index, madeAt: '2026-03-01T10:00:00.000Z', ...counted }, answer: {}, replayed: false });
};
const somethingHappened = (at: AtDesk): void => at.desk.act({ type: 'changed', streamId: 'returns-A-1' });

const kept = new Map<string, string>();
let writes = 0;
beforeEach(() => {
  jest.useFakeTimers();
  kept.clear();
  const setItem = (key: string, value: string): void => {
    writes += 1;
    kept.set(key, value);
  };
  const sessionStorage = { getItem: (key: string) => kept.get(key) ?? null, setItem };
  // Nobody has touched the page, so it makes no sound.
  Object.assign(globalThis, { sessionStorage, navigator: { userActivation: { hasBeenActive: false } } });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('A desk that is left', () => {
  it('sends a grade that was given there, and nothing again when the clerk comes back', async () => {
    const before = await opened();
    before.desk.scan('SKU-RED');
    before.desk.scan('BH:GRADE:A');
    before.desk.leave();
    const after = atDesk();
    await jest.advanceTimersByTimeAsync(60_000);
    after.desk.scan('SKU-RED');
    await settle();
    expect([...before.commands, ...after.commands].map(({ command }) => command.kind)).toEqual(['receipt', 'inspection', 'receipt']);
  });

  it('keeps its late answers from the desk that took up its work', async () => {
    const before = await opened();
    before.desk.scan('OTHER-PARCEL');
    before.desk.leave();
    const after = atDesk();
    const other = known({ ...withReceived(0), returnId: 'B-1-R1' });
    after.lookUps.at(-1)?.answer(other);
    await settle();
    after.desk.scan('SKU-RED');
    before.lookUps.at(-1)?.answer(other);
    await settle();
    expect(countOf(after.desk.state())).toBe(1);
    expect(kept.get('backhaul-station-2')).toBe(JSON.stringify(after.desk.state()));
  });

  it('makes other ids than the one that took over what it left, as a duplicated tab does', async () => {
    const before = await opened();
    const other = atDesk();
    for (const { desk } of [before, other]) desk.scan('SKU-RED');
    await settle();
    const ids = [before, other].flatMap(({ commands }) => commands.map(({ id }) => id));
    expect(new Set(ids).size).toBe(2);
  });

  it('sends a grade that a reload has interrupted, when nobody goes on from it', async () => {
    const before = await opened();
    before.desk.scan('SKU-RED');
    before.desk.scan('BH:GRADE:A');
    jest.clearAllTimers();
    const after = atDesk();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(after.commands.map(({ command }) => command.kind)).toEqual(['inspection']);
  });
});

describe('A grade that nobody goes on from', () => {
  it('is sent although others scan all the time, who change nothing of what this desk keeps', async () => {
    const at = await opened();
    at.desk.scan('SKU-RED');
    at.desk.scan('BH:GRADE:A');
    const before = writes;
    for (let second = 0; second < 15; second += 1) {
      at.desk.act({ type: 'changed', streamId: 'returns-B-1' });
      await jest.advanceTimersByTimeAsync(1000);
    }
    expect([writes - before, at.commands.length]).toEqual([0, 1]);
    done(at, 0);
    for (let second = 0; second < 15; second += 1) {
      somethingHappened(at);
      await jest.advanceTimersByTimeAsync(1000);
      at.refreshes.at(-1)?.answer(withReceived(1));
    }
    expect(at.commands.map(({ command }) => command.kind)).toEqual(['receipt', 'inspection']);
  });
});

describe('The count on the screen', () => {
  it('is what the service says after a return was opened again while a scan of it was on its way', async () => {
    const at = await opened();
    at.desk.scan('SKU-RED');
    at.desk.scan('BH:DONE');
    at.desk.scan('BH:1');
    at.desk.scan('1Z999');
    // The answer counts the piece, and what was read from the store before counted it as well.
    done(at, 0);
    at.lookUps.at(-1)?.answer(known(withReceived(2)));
    await settle();
    at.refreshes.at(-1)?.answer(withReceived(1));
    await settle();
    expect(countOf(at.desk.state())).toBe(1);
  });

  it('is the later answer where answers overtake each other', async () => {
    const at = await opened();
    somethingHappened(at);
    await settle();
    somethingHappened(at);
    await settle();
    const [earlier, later] = at.refreshes.slice(-2);
    later?.answer(withReceived(2));
    await settle();
    earlier?.answer(withReceived(1));
    await settle();
    expect(countOf(at.desk.state())).toBe(2);
  });

  it('stays where something of the return waits in this browser, also of another tab, until that is answered', async () => {
    const at = await opened(withReceived(1));
    somethingHappened(at);
    await settle();
    at.refreshes.at(-1)?.answer(undefined);
    await settle();
    expect(countOf(at.desk.state())).toBe(1);
    const asked = at.refreshes.length;
    const ofAnotherTab: StationCommand = {
      kind: 'receipt',
      returnId: 'A-1-R1',
      body: { station: 'dock-3', scanId: 's', items: [{ barcode: 'SKU-RED', quantity: 1 }] },
    };
    at.desk.hear({
      kind: 'done',
      queued: { id: 'other', sequence: 9, madeAt: '2026-03-01T10:00:00.000Z', command: ofAnotherTab, effects: [] },
      answer: {},
      replayed: false,
    });
    await settle();
    expect(at.refreshes.length).toBe(asked + 1);
    at.refreshes.at(-1)?.answer(withReceived(2));
    await settle();
    expect(countOf(at.desk.state())).toBe(2);
  });

  it('takes no answer that was asked for before a scan, and asks anew after it', async () => {
    const at = await opened();
    somethingHappened(at);
    await settle();
    const before = at.refreshes.at(-1);
    at.desk.scan('SKU-RED');
    done(at, 0);
    before?.answer(withReceived(0));
    await settle();
    expect(countOf(at.desk.state())).toBe(1);
    at.refreshes.at(-1)?.answer(withReceived(1));
    await settle();
    expect(countOf(at.desk.state())).toBe(1);
    expect(at.refreshes.at(-1)).not.toBe(before);
  });

  it('is asked for once more after the return was opened, for what has happened since the service answered', async () => {
    const at = atDesk();
    at.desk.scan('1Z999');
    somethingHappened(at);
    at.lookUps.at(-1)?.answer(known(withReceived(0)));
    await settle();
    at.refreshes.at(-1)?.answer(withReceived(1));
    await settle();
    expect(countOf(at.desk.state())).toBe(1);
  });

  it('stays when the service cannot be asked', async () => {
    const at = await opened(withReceived(1));
    at.refreshes.at(-1)?.fail(new Error('no line'));
    await settle();
    expect(countOf(at.desk.state())).toBe(1);
  });

  it('is without what this device could not keep, and goes on to follow the service', async () => {
    const at = await opened();
    at.disk.isFull = true;
    at.desk.scan('SKU-RED');
    await settle();
    const { open: ret, feedback } = at.desk.state();
    expect([countOf(at.desk.state()), feedback?.title, ret?.kind === 'return' ? ret.scans[0]?.state : undefined]).toEqual([
      0,
      'Not kept',
      'refused',
    ]);
    at.refreshes.at(-1)?.answer(withReceived(2));
    await settle();
    expect(countOf(at.desk.state())).toBe(2);
  });
});

describe('A parcel that was matched', () => {
  const matching = async (): Promise<AtDesk> => {
    const at = atDesk();
    at.desk.scan('BH:NOT-ANNOUNCED');
    const { open: parcel } = at.desk.state();
    if (parcel?.kind !== 'found') throw new Error('No parcel is open');
    choose(at, parcel.parcelId);
    return at;
  };
  const choose = ({ desk }: AtDesk, parcelId: string): void => {
    const parcel: FoundParcel = {
      parcelId,
      state: 'unmatched',
      trackingNumber: null,
      note: null,
      foundAt: '2026-03-01T10:00:00.000Z',
      station: 'dock-2',
      returnId: null,
      scans: [],
      likely: [withReceived(0)],
      words: '',
    };
    desk.act({ type: 'parcel_seen', parcel });
    desk.scan('BH:1');
  };

  it('is said to be matched although its return cannot be read at once', async () => {
    const at = await matching();
    at.matches.at(-1)?.answer();
    await settle();
    at.lookUps.at(-1)?.fail(new Error('no line'));
    await settle();
    expect(at.desk.state().feedback).toMatchObject({ tone: 'note', title: 'Matched' });
  });

  it.each([
    ['no answer came', new ApiProblem('offline', 0, 'The service cannot be reached.'), 1],
    ['it is still under way', new ApiProblem('idempotency_in_progress', 409, 'Look again.'), 1],
    ['not where it was refused', new ApiProblem('invalid_state', 409, 'It belongs to another return.'), 2],
  ])('that is chosen again has the key of its first choice where nobody knows what came of that: %s', async (_, error, keys) => {
    const at = await matching();
    at.matches.at(-1)?.fail(error);
    await settle();
    choose(at, at.tried[0]?.parcelId ?? '');
    expect([at.tried.length, new Set(at.tried.map(({ key }) => key)).size]).toEqual([2, keys]);
  });

  it('is not when the service says no', async () => {
    const at = await matching();
    at.matches.at(-1)?.fail(new Error('It belongs to another return.'));
    await settle();
    expect(at.desk.state().feedback).toMatchObject({ tone: 'refused', title: 'Not matched', text: 'It belongs to another return.' });
  });
});
