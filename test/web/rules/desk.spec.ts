import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { StationCommand } from '../../../web/src/warehouse/queue/commands';
import { Desk } from '../../../web/src/warehouse/station/desk';
import type { ExpectedReturn, StationState } from '../../../web/src/warehouse/station/model';
import { linesOf } from '../../../web/src/warehouse/station/turns';

const line = { lineId: 'red', sku: 'SKU-RED', title: 'Red shirt', barcode: '4006381333931', reason: 'changed_mind', condition: 'opened', authorised: 3, awaiting: 3, received: 0, missing: 0, awaitingInspection: 0, toPutAway: 0 };
/** The return after as many pieces have come. */
const withReceived = (received: number): ExpectedReturn => ({
  returnId: 'A-1-R1', orderId: 'A-1', status: 'approved', matchedBy: 'return_id', awaiting: 3 - received, words: '', inspectionRequired: false, trackingNumbers: ['1Z999'],
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
  const commands: StationCommand[] = [];
  const [lookUps, matches] = [questions<{ barcode: string; returns: ExpectedReturn[]; more: boolean; parcels: [] }>(), questions<void>()];
  const desk = new Desk('dock-2', {
    enqueue: async (command) => {
      commands.push(command);
    },
    findExpected: lookUps.ask,
    readParcel: () => new Promise(() => undefined),
    matchParcel: matches.ask,
    onPanel: () => undefined,
  });
  desk.resume();
  return { desk, commands, lookUps: lookUps.asked, matches: matches.asked };
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
const countOf = ({ open: ret, ...state }: StationState): number | undefined => (ret?.kind === 'return' ? linesOf({ open: ret, ...state }, ret)[0]?.received : undefined);

const kept = new Map<string, string>();
beforeEach(() => {
  jest.useFakeTimers();
  kept.clear();
  const sessionStorage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) };
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
    expect([...before.commands, ...after.commands].map(({ kind }) => kind)).toEqual(['receipt', 'inspection', 'receipt']);
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
    expect(kept.get('backhaul-station-1')).toBe(JSON.stringify(after.desk.state()));
  });

  it('sends a grade that a reload has interrupted, when nobody goes on from it', async () => {
    const before = await opened();
    before.desk.scan('SKU-RED');
    before.desk.scan('BH:GRADE:A');
    jest.clearAllTimers();
    const after = atDesk();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(after.commands.map(({ kind }) => kind)).toEqual(['inspection']);
  });
});
