import { describe, expect, it } from '@jest/globals';
import { withCommands } from '../../../web/src/warehouse/queue/returns';
import { CONTROL_GROUPS, controlIn, itemIn } from '../../../web/src/warehouse/station/codes';
import { meaningOf } from '../../../web/src/warehouse/station/keys';
import { begin, type ExpectedReturn, type StationState, type Turn } from '../../../web/src/warehouse/station/model';
import { next } from '../../../web/src/warehouse/station/station';
import { linesOf } from '../../../web/src/warehouse/station/turns';
import { hear, scannedInto, SILENCE, type Burst } from '../../../web/src/warehouse/station/wedge';

const AT = '2026-03-01T10:00:00.000Z';
const line = {
  lineId: 'red',
  sku: 'SKU-RED',
  title: 'Red shirt',
  barcode: '4006381333931',
  reason: 'changed_mind',
  condition: 'opened',
  authorised: 2,
  awaiting: 2,
  received: 0,
  missing: 0,
  awaitingInspection: 0,
  toPutAway: 0,
};
const ret: ExpectedReturn = {
  returnId: 'A-1-R1',
  orderId: 'A-1',
  status: 'approved',
  matchedBy: 'return_id',
  awaiting: 2,
  words: '',
  inspectionRequired: false,
  trackingNumbers: ['1Z999'],
  lines: [line],
};
let scans = 0;
const scan = (code: string) => ({ code, id: `scan-${(scans += 1)}`, at: AT });
const after = (state: StationState, ...codes: readonly string[]): Turn =>
  codes.reduce<Turn>((turn, code) => next(turn.state, { type: 'scan', scan: scan(code) }), { state, commands: [], errands: [] });
const opened = (): StationState => {
  const asked = scan('1Z999');
  const { state } = next(begin('dock-2', 'desk'), { type: 'scan', scan: asked });
  return next(state, {
    type: 'looked_up',
    scan: asked,
    expected: { barcode: '1Z999', returns: [ret], more: false, parcels: [] },
    isOnline: true,
  }).state;
};
const countOf = (state: StationState) => (state.open?.kind === 'return' ? linesOf(state, state.open)[0] : undefined);

describe('What a scanner types', () => {
  const typed = (text: string, gap: number): { readonly burst: Burst; readonly at: number } =>
    [...text].reduce(({ burst, at }, key) => ({ burst: hear(burst, { key, at: at + gap }).burst, at: at + gap }), {
      burst: SILENCE,
      at: 1000,
    });

  it.each(['Enter', 'Tab'])('is a scan when it comes within a blink and ends with %s', (key) => {
    const { burst, at } = typed('A-1-R1', 8);
    expect(hear(burst, { key, at: at + 8 }).scan).toBe('A-1-R1');
  });

  it('is no scan at the pace of a person', () => {
    const { burst, at } = typed('A-1-R1', 120);
    expect(hear(burst, { key: 'Enter', at: at + 120 }).scan).toBeNull();
  });

  it("is the whole code in the station's own field although it came in bursts, without what was forgotten there", () => {
    expect(scannedInto('SKU-RED', { text: 'RED', lastAt: 0, pause: 80 })).toBe('SKU-RED');
    expect(scannedInto('oopsSKU-RED', { text: 'SKU-RED', lastAt: 0, pause: 5000 })).toBe('SKU-RED');
  });
});

/** What a US scanner's keys write there. */
const typedAtAFrenchComputer = (code: string): string => {
  const us = '-1234567890:AQWZM';
  const french = ')&é"\'(-è_çàMQAZW?';
  return [...code].map((sign) => french[us.indexOf(sign)] ?? sign).join('');
};

describe('Codes', () => {
  it('of control are each read back, also by a scanner that thinks of another keyboard', () => {
    for (const { code, control } of CONTROL_GROUPS.flatMap(({ codes }) => codes)) {
      expect(controlIn(code)).toEqual(control);
      expect(controlIn(`]C1${code.toLowerCase().replaceAll(':', 'Ö').replaceAll('-', 'ß')}`)).toEqual(control);
      expect([code, controlIn(typedAtAFrenchComputer(code))]).toEqual([code, control]);
    }
  });

  it('of parcels are none of control', () => {
    expect(['BH487265521805709638', 'A-1-R1', 'BH', 'UNDO'].map(controlIn)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('The station', () => {
  it('counts what is scanned before the service has answered, once', () => {
    const { state, commands } = after(opened(), '4006381333931');
    expect([countOf(state)?.received, countOf(state)?.awaiting, commands.length]).toEqual([1, 1, 1]);
    const [command] = commands;
    if (command === undefined) throw new Error('Nothing was sent');
    const done = next(state, {
      type: 'outcome',
      outcome: { kind: 'done', queued: { sequence: 1, madeAt: AT, ...command }, answer: {}, replayed: false },
    });
    expect([countOf(done.state)?.received, done.errands]).toEqual([1, [{ do: 'refresh', returnId: 'A-1-R1' }]]);
  });

  it('finds an item without a code by its name, and never by an empty one', () => {
    const nameless = { ...line, sku: null, barcode: null, title: 'Mug, engraved “Ada”' };
    expect(itemIn(' mug, ENGRAVED “Ada”\u200B', [line, nameless])?.line).toBe(nameless);
    for (const scanned of ['', ' ', 'null', 'mug', '4006381333932'])
      expect([scanned, itemIn(scanned, [nameless])]).toEqual([scanned, undefined]);
    expect(itemIn('Red shirt', [line])).toBeUndefined();
  });

  it('counts an item by a code that tells its batch, too', () => {
    const { state, commands } = after(opened(), ']d2010400638133393110AB12');
    expect([countOf(state)?.received, commands]).toEqual([
      1,
      [
        expect.objectContaining({
          command: expect.objectContaining({ body: expect.objectContaining({ items: [{ barcode: '4006381333931', quantity: 1 }] }) }),
        }),
      ],
    ]);
  });

  it('finds an item by GS1 content without a prefix, with a separator, and by digits that a French computer wrote as signs', () => {
    for (const code of [
      '01040063813339311727123110LOT5',
      '\u001D010400638133393110LOT5\u001D17271231',
      typedAtAFrenchComputer('4006381333931'),
    ]) {
      const { state, commands } = after(opened(), code);
      expect([code, countOf(state)?.received, commands.map(({ command }) => command.kind)]).toEqual([code, 1, ['receipt']]);
    }
  });

  it('opens the return that a scanner with another keyboard meant, and says how to set it right', () => {
    const asked = scan('Aß1ßR1');
    const { state } = next(begin('dock-2', 'desk'), { type: 'scan', scan: asked });
    const expected = {
      barcode: asked.code,
      returns: [ret],
      more: false,
      parcels: [],
      readAs: { code: 'A-1-R1', scanner: 'US', computer: 'German' },
    };
    const found = next(state, { type: 'looked_up', scan: asked, expected, isOnline: true });
    expect(found.state).toMatchObject({
      open: { kind: 'return', ret: { returnId: 'A-1-R1' } },
      feedback: { tone: 'opened', text: expect.stringContaining('US scanner at a German computer') },
    });
  });

  it('names another keyboard as the cause where nothing fits', () => {
    const asked = scan('A)1)R1');
    const { state } = next(begin('dock-2', 'desk'), { type: 'scan', scan: asked });
    const unknown = next(state, { type: 'looked_up', scan: asked, expected: null, isOnline: true });
    expect(unknown.state.feedback).toMatchObject({
      tone: 'unknown',
      text: expect.stringMatching(/another keyboard layout.*A-1-R1.*French/),
    });
  });

  it('says of an item that another return of the order awaits where it is received, once for each awaited, and takes it back', () => {
    const mug = { returnId: 'A-1-R2', lineId: 'mug', sku: 'SKU-MUG', title: 'Mug', barcode: '036000291452', awaiting: 1 };
    const before = opened();
    if (before.open?.kind !== 'return') throw new Error('Nothing is open');
    const both: StationState = { ...before, open: { ...before.open, ret: { ...ret, elsewhere: [mug] } } };
    const { state, commands } = after(both, '0036000291452');
    expect(state.feedback).toMatchObject({ tone: 'accepted', title: 'Belongs to A-1-R2', text: expect.stringContaining('received there') });
    expect(commands).toMatchObject([
      { command: { kind: 'receipt', returnId: 'A-1-R1', body: { items: [{ barcode: '036000291452', quantity: 1 }] } }, effects: [] },
    ]);
    expect(after(state, '0036000291452').state.feedback?.tone).toBe('wrong_item');
    const undone = after(state, 'BH:UNDO');
    expect(undone.commands).toMatchObject([{ command: { kind: 'correction', body: { lineId: 'mug', quantity: 1 } }, effects: [] }]);
    expect(after(undone.state, 'SKU-MUG').state.feedback?.title).toBe('Belongs to A-1-R2');
  });

  it('is told by the service where an item belongs that this device did not know of', () => {
    const {
      state,
      commands: [command],
    } = after(opened(), '5012345678900');
    if (command === undefined || command.command.kind !== 'receipt') throw new Error('Nothing was sent');
    const items = [
      {
        lineId: 'mug',
        barcode: '5012345678900',
        quantity: 1,
        outcome: 'other_return',
        returnId: 'A-1-R2',
        words: 'Belongs to A-1-R2 and is received there.',
      },
    ];
    const answer = { receipt: { scanId: command.command.body.scanId, items } };
    const told = next(state, {
      type: 'outcome',
      outcome: { kind: 'done', queued: { sequence: 1, madeAt: AT, ...command }, answer, replayed: false },
    });
    expect(told.state.feedback).toMatchObject({
      tone: 'differs',
      title: 'It belongs to another return',
      text: expect.stringContaining('A-1-R2'),
    });
  });

  it.each([
    ['an item set aside and taken back', ['SKU-RED', '5012345678900', 'BH:UNDO']],
    ['one too many, taken back', ['SKU-RED', 'SKU-RED', 'SKU-RED', 'BH:UNDO']],
    ['a piece taken back', ['SKU-RED', 'SKU-RED', 'BH:UNDO']],
    ['a piece that came after it was missing', ['SKU-RED', 'BH:MISSING', 'BH:1', 'SKU-RED']],
    ['a piece that was graded and put away', ['SKU-RED', 'BH:GRADE:A', 'BH:OK']],
  ])('counts on the device what it counts on the screen: %s', (_, codes) => {
    let state = opened();
    const made = codes.flatMap((code) => {
      const { state: then, commands } = after(state, code);
      state = then;
      return commands;
    });
    expect(withCommands(ret, made).lines[0]).toEqual(countOf(state));
  });

  it('knows which of two scans alike was answered, and gives no two commands one id', () => {
    const { state, commands } = ['SKU-RED', 'SKU-RED'].reduce<Turn>(
      (turn, code) => {
        const { state: then, commands: more } = next(turn.state, { type: 'scan', scan: { code, id: 'same', at: AT } });
        return { state: then, commands: [...turn.commands, ...more], errands: [] };
      },
      { state: opened(), commands: [], errands: [] },
    );
    const [first, second] = commands;
    if (first === undefined || second === undefined) throw new Error('Nothing was sent');
    expect(first.id).not.toBe(second.id);
    const { state: then } = next(state, {
      type: 'outcome',
      outcome: { kind: 'done', queued: { sequence: 2, madeAt: AT, ...second }, answer: {}, replayed: false },
    });
    expect(then.waiting.map(({ id }) => id)).toEqual([first.id]);
  });

  it('counts nothing that the service has refused', () => {
    const { state, commands } = after(opened(), 'SKU-RED');
    const [command] = commands;
    if (command === undefined) throw new Error('Nothing was sent');
    const refused = next(state, {
      type: 'outcome',
      outcome: { kind: 'conflict', queued: { sequence: 1, madeAt: AT, ...command }, code: 'not_found', detail: 'There is no such return.' },
    });
    expect([countOf(refused.state)?.received, refused.state.feedback?.tone]).toEqual([0, 'refused']);
  });

  it('keeps what is scanned during a look-up for the parcel that is looked up', () => {
    const asked = scan('1Z999');
    const looking = next(begin('dock-2', 'desk'), { type: 'scan', scan: asked }).state;
    const meanwhile = after(looking, 'SKU-RED', 'SKU-RED');
    expect(meanwhile.commands).toEqual([]);
    const found = next(meanwhile.state, {
      type: 'looked_up',
      scan: asked,
      expected: { barcode: '1Z999', returns: [ret], more: false, parcels: [] },
      isOnline: true,
    });
    expect(found.commands.map(({ command }) => command.kind)).toEqual(['receipt', 'receipt']);
    expect(countOf(found.state)?.received).toBe(2);
  });

  it('sends a grade when the clerk goes on, and puts away only what he has said', () => {
    const graded = after(opened(), 'SKU-RED', 'BH:GRADE:A');
    expect(graded.commands).toEqual([]);
    expect(next(graded.state, { type: 'idle' }).commands.map(({ command }) => command.kind)).toEqual(['inspection']);
    expect(after(graded.state, 'SKU-RED').commands.map(({ command }) => command.kind)).toEqual(['inspection', 'receipt']);
    expect(after(graded.state, 'BH:OK').commands.map(({ command }) => command.kind)).toEqual(['inspection', 'disposition']);
  });

  it('takes letters as grades only while a piece waits for one', () => {
    expect(meaningOf(opened(), 'a')).toBeUndefined();
    const { state } = after(opened(), 'SKU-RED');
    expect(['a', 'X', 'z', '1'].map((key) => meaningOf(state, key))).toEqual(['BH:GRADE:A', 'BH:GRADE:X', undefined, undefined]);
    expect(meaningOf(after(state, 'BH:GRADE:A').state, '1')).toBe('BH:1');
  });
});
