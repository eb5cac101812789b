import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CorrectedReturnAnswer } from '../../src/warehouse/receiving.dto.js';
import type { ExpectedAnswer } from '../../src/warehouse/warehouse.dto.js';
import type { Answer } from '../support/app.js';
import { soon, waitFor } from '../support/wait-for.js';
import { CUSTOMER, Desk, lineOf, ok, positionOf, problemOf, STATION, type Seen } from './warehouse-desk.js';

const DELIVERED = '2026-03-01T10:00:00.000Z';
const GS = '\u001D';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

const expected = (barcode: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer<ExpectedAnswer>> =>
  desk.clerk('GET', `/v1/warehouse/expected?barcode=${encodeURIComponent(barcode)}`, undefined, headers);
const found = async (barcode: string) => ok(await expected(barcode)).returns.map(({ returnId }) => returnId);
const foundSoon = (barcode: string, returnIds: readonly string[]) =>
  soon(async () => expect([barcode, await found(barcode)]).toEqual([barcode, returnIds]));

/** An order with that id and one red shirt per line, and a return of each line. */
async function filed(orderId: string, lines: readonly object[] = [{}], number = orderId): Promise<readonly string[]> {
  const told = lines.map((line, index) => ({
    lineId: `l${index + 1}`,
    sku: `${orderId}-${index + 1}`,
    title: `Item ${index + 1}`,
    quantity: 1,
    deliveredAt: DELIVERED,
    paid: { netMinor: 1000, taxMinor: 0 },
    ...line,
  }));
  const payments = [
    {
      paymentId: 'p1',
      provider: 'simulated',
      reference: `sim_ok_${encodeURIComponent(orderId)}`,
      method: 'card',
      capturedMinor: 1000 * lines.length,
    },
  ];
  ok(
    await desk.shop('PUT', `/v1/orders/${encodeURIComponent(orderId)}`, {
      number,
      placedAt: DELIVERED,
      currency: 'EUR',
      customer: CUSTOMER,
      lines: told,
      payments,
    }),
    201,
  );
  const returnIds: string[] = [];
  for (const { lineId } of told) {
    const body = {
      lines: [{ lineId, quantity: 1, reason: 'changed_mind', condition: 'opened' }],
      outcome: 'original_payment',
      method: 'own_shipping',
    };
    returnIds.push(ok(await desk.shop<Seen>('POST', `/v1/orders/${encodeURIComponent(orderId)}/returns`, body), 201).returnId);
  }
  return returnIds;
}

describe('What scanners send', () => {
  it.each([
    ['GS1 without prefix', '4006381333931', '01040063813339311727123110LOT5'],
    ['GS1 with separators', '4006381333931', `${GS}010400638133393110LOT5${GS}17271231`],
    ['GS1 with a prefix and line end', '4006381333931', `]d20104006381333931\r\n`],
    ['a UPC-A for an EAN-13', '0036000291452', '036000291452'],
    ['an EAN-8 in fourteen digits', '96385074', '00000096385074'],
    ['a SKU that looks like GS1', '0104006381333931', '0104006381333931'],
  ])('is received: %s', async (_how, barcode, code) => {
    const orderId = `C-${barcode}-${code.length}`;
    const [returnId = ''] = await filed(orderId, [{ barcode }]);
    const { receipt } = ok(await desk.receive(returnId, 's1', [{ barcode: code }]));
    expect(receipt.items).toMatchObject([{ lineId: 'l1', outcome: 'accepted', returnId }]);
  });

  it('is never refused: what nobody can read is recorded and set aside', async () => {
    const [returnId = ''] = await filed('C-ODD');
    const codes = [GS, '\u0000', ' \r\n', `]C1${GS}${GS}`, 'x'.repeat(3000), '\uD800', '(01)04006381333932', '](/&%$', '٤٠٠'];
    for (const [index, barcode] of codes.entries()) {
      const { receipt } = ok(await desk.receive(returnId, `odd-${index}`, [{ barcode }], { trackingNumber: `T${GS}1` }));
      expect(receipt.items).toMatchObject([{ lineId: null, outcome: 'not_in_return', quantity: 1, returnId: null }]);
    }
    for (const barcode of [...codes.filter((code) => code !== '\uD800'), 'x'.repeat(1000)])
      expect([barcode, (await expected(barcode)).status]).toEqual([barcode, 404]);
    const history = JSON.stringify(ok(await desk.shop('GET', `/v1/returns/${returnId}`)));
    expect(history).not.toMatch(/\\u00|\\ud8/i);
    ok(await desk.post('/v1/warehouse/parcels', { trackingNumber: `${GS}1Z999`, items: [{ barcode: `A${GS}B`, quantity: 1 }] }), 201);
  });

  it('leads to the return by its id and its order, however they are written', async () => {
    const [returnId = ''] = await filed('Q-1001', [{}], '#Q-1001');
    for (const code of [
      'Q-1001-R1',
      '#Q-1001-R1',
      'q\u20111001\u2011r1',
      'Ｑ－１００１－Ｒ１',
      '\u200BQ-1001-R1 ',
      'Q-١٠٠١-R1',
      'Q–1001',
      '#Q-1001',
      'Q-1001',
      ' q-1001\n',
    ])
      await foundSoon(code, [returnId]);
  });

  it('finds by a label of GS1 or the US post the parcel of its number', async () => {
    const [returnId = ''] = await filed('C-TRACK');
    for (const [trackingNumber, scannedAs] of [
      ['340123450000000000', ']C100340123450000000000'],
      ['9205590164917312751089', '420946079205590164917312751089'],
    ] as const) {
      ok(await desk.shop('POST', `/v1/returns/${returnId}/tracking`, { status: 'in_transit', at: '2026-03-04T10:00:00Z', trackingNumber }));
      await foundSoon(scannedAs, [returnId]);
    }
    ok(await desk.receive(returnId, 's1', [{ barcode: 'C-TRACK-1' }], { trackingNumber: ']C100340123450000000000' }));
    const { text } = await desk.shop('GET', `/v1/returns/${returnId}/history`);
    expect(text.match(/The parcel was opened/g)).toHaveLength(1);
    expect((await expected('340123450000000000')).body.returns[0]?.trackingNumbers).toEqual([
      '340123450000000000',
      '9205590164917312751089',
    ]);
  });
});

describe('A scanner that thinks of another keyboard', () => {
  it.each([
    ['US at a German computer', 'Kß7001ßR1', 'German', 'US'],
    ['German at a US computer', 'K/7001/R1', 'US', 'German'],
    ['French signs only', 'K)7001)R1', 'French', 'US'],
    ['French, all keys', 'K)èàà&)R&', 'French', 'US'],
  ])('finds the one return that fits: %s', async (_how, typed, computer, scanner) => {
    if ((await expected('K-7001-R1')).status === 404) await filed('K-7001');
    await soon(async () =>
      expect(ok(await expected(typed))).toMatchObject({
        returns: [{ returnId: 'K-7001-R1' }],
        readAs: { code: 'K-7001-R1', computer: expect.stringContaining(computer.slice(0, 2)), scanner },
      }),
    );
  });

  it('finds none where two could be meant, and the answer names the cause', async () => {
    await filed('SHOPY-1');
    await filed('SHOPZ-1');
    await soon(async () => {
      const answer = await expected('SHOPYß1ßR1');
      expect([answer.status, problemOf(answer).errors?.[0]?.detail]).toEqual([
        404,
        expect.stringMatching(/another keyboard layout.*Set the scanner's keyboard country to German/),
      ]);
    });
    await foundSoon('SHOPY-1-R1', ['SHOPY-1-R1']);
  });
});

describe('Two returns of one order in one parcel', () => {
  it('each item is received where it belongs, the answer says where, and both histories tell', async () => {
    const [first = '', second = ''] = await filed('TWO-1', [{ barcode: '4006381333931' }, { barcode: '036000291452' }]);
    const asked = ok(await expected(first)).returns[0];
    expect(asked?.elsewhere).toEqual([
      { returnId: second, lineId: 'l2', sku: 'TWO-1-2', title: 'Item 2', barcode: '036000291452', awaiting: 1 },
    ]);

    const received = ok(
      await desk.receive(first, 's1', [{ barcode: '4006381333931' }, { barcode: '0036000291452' }, { barcode: 'STRANGER' }]),
    );
    expect(received.receipt.items.map(({ lineId, outcome, returnId }) => [lineId, outcome, returnId])).toEqual([
      ['l1', 'accepted', first],
      ['l2', 'other_return', second],
      [null, 'not_in_return', null],
    ]);
    expect(received.receipt.items[1]?.words).toContain(`Belongs to ${second}`);
    await waitFor(async () => (await desk.look(second)).money.refundedMinor === 1000, 'the refund of the other return');
    expect(lineOf(await desk.look(second), 'l2')).toMatchObject({ received: 1, awaiting: 0 });
    const wordsOf = async (returnId: string) => JSON.stringify(ok(await desk.shop('GET', `/v1/returns/${returnId}/history`)));
    expect(await wordsOf(first)).toContain(`belongs to return ${second} and was received there`);
    expect(await wordsOf(second)).toContain('1 unit of “Item 2” received.');
    const inGerman = await desk.shop('GET', `/v1/returns/${first}/history`, undefined, { 'accept-language': 'de' });
    expect(inGerman.text).toContain(`gehört zur Rücksendung ${second} und wurde dort angenommen`);
  });

  it('the scan counts once across both and is taken back where it was made', async () => {
    const [first = '', second = ''] = await filed('TWO-2', [{}, {}]);
    const once = ok(await desk.receive(first, 's1', [{ barcode: 'TWO-2-2' }]));
    expect(ok(await desk.receive(first, 's1', [{ barcode: 'TWO-2-2' }])).receipt).toEqual(once.receipt);
    expect(ok(await desk.receive(second, 's1', [{ barcode: 'TWO-2-2' }])).surplus).toEqual([]);
    await waitFor(async () => (await desk.look(second)).money.refundedMinor === 1000, 'the refund');
    const undone = ok(
      await desk.post<CorrectedReturnAnswer>(`/v1/returns/${first}/receipts/s1/corrections`, {
        quantity: 1,
        why: 'wrong_scan',
        correctionId: 'c1',
      }),
    );
    expect(undone.correction).toMatchObject({ refundedAheadMinor: 1000, words: expect.stringContaining('It is awaited again.') });
    expect(undone.receipt.items).toEqual([]);
    expect(lineOf(await desk.look(second), 'l2')).toMatchObject({ received: 0, awaiting: 1 });
    ok(await desk.receive(first, 's2', [{ barcode: 'TWO-2-2' }]));
    expect((await desk.look(second)).money).toMatchObject({ entitledMinor: 1000, refundedAheadMinor: 0 });
  });

  it('a parcel nobody announced is handed over to each return its own', async () => {
    const [first = '', second = ''] = await filed('TWO-3', [{}, {}]);
    const parcel = ok(
      await desk.post<{ parcelId: string }>('/v1/warehouse/parcels', {
        items: [
          { barcode: 'TWO-3-1', quantity: 1 },
          { barcode: 'TWO-3-2', quantity: 1 },
        ],
      }),
      201,
    );
    ok(await desk.post(`/v1/warehouse/parcels/${parcel.parcelId}/match`, { returnId: first, station: STATION }));
    await soon(async () =>
      expect([lineOf(await desk.look(first), 'l1')?.received, lineOf(await desk.look(second), 'l2')?.received]).toEqual([1, 1]),
    );
  });

  it('stands in the receiving queue as what it is, and in views built anew', async () => {
    const [first = '', second = ''] = await filed('TWO-4', [{}, {}]);
    const answer = await desk.receive(first, 's1', [{ barcode: 'TWO-4-2' }]);
    const queue = ok(
      await desk.clerk<{ items: { returnId: string; state: string; awaiting: number }[] }>(
        'GET',
        '/v1/warehouse/queue?limit=200',
        undefined,
        positionOf(answer),
      ),
    );
    expect(
      queue.items
        .filter(({ returnId }) => [first, second].includes(returnId))
        .map(({ returnId, state, awaiting }) => [returnId, state, awaiting])
        .toSorted(),
    ).toEqual([
      [first, 'receiving', 1],
      [second, 'received', 0],
    ]);
  });
});
