import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ContactsStore } from '../../src/contacts/contacts.store.js';
import { CommandExecutor } from '../../src/eventing/execute-command.js';
import { Processes } from '../../src/eventing/process-runner.js';
import { openDatabase } from '../../src/eventing/sql/database.js';
import { EventCatalogue } from '../../src/eventing/upcasting.js';
import { Views } from '../../src/eventing/views.js';
import { DEFAULT_POLICY } from '../../src/policy/rules/policy.defaults.js';
import { ReceiveItems, ReceiveItemsHandler } from '../../src/returns/receiving.commands.js';
import { ReturnsStream } from '../../src/returns/returns.commands.js';
import { returnsModel, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import { FoundParcelStream, RecordHandover, RecordHandoverHandler } from '../../src/warehouse/found-parcel.commands.js';
import { foundParcelProcess, type Dispatch } from '../../src/warehouse/found-parcel.process.js';
import { foundParcelModel, type FoundParcelCommand } from '../../src/warehouse/rules/found-parcel.decider.js';
import { parcelStream } from '../../src/warehouse/rules/found-parcel.events.js';
import { statusOfFound } from '../../src/warehouse/rules/found-parcel.state.js';
import { context } from '../support/counter-model.js';
import { testFolder, testStore, type TestStore } from '../support/test-store.js';
import { waitFor } from '../support/wait-for.js';

const at = '2026-03-02T09:00:00.000Z';
const who = { station: 'dock-2', clerk: 'key-7' };
const NOW = new Date('2026-03-09T09:00:00.000Z');

/** The log, and a service on it that can be killed and started again with empty memory. */
class Warehouse {
  readonly executor: CommandExecutor;
  /** Called before and after every command of the process; what it throws is the crash. */
  crash: (point: 'before' | 'after', command: Parameters<Dispatch>[0]) => void = () => undefined;
  readonly #contacts: ContactsStore;
  #stop: () => Promise<void> = async () => undefined;

  constructor(readonly log: TestStore) {
    this.executor = new CommandExecutor(log.store);
    this.#contacts = new ContactsStore(log.folder, () => NOW);
  }

  async start(): Promise<void> {
    const place = await testFolder();
    const database = openDatabase(join(place.folder, 'views.sqlite'));
    const catalogue = new EventCatalogue();
    catalogue.register(foundParcelModel);
    const views = new Views(this.log.store, database, catalogue);
    const processes = new Processes(this.log.store, views, { backOffMs: 1 });
    processes.register(
      foundParcelProcess(
        (command) => this.#execute(command),
        () => NOW,
      ),
    );
    await views.start({ run: true });
    await processes.start();
    this.#stop = async () => {
      await processes.stop(5000);
      await views.stop();
      await database.close();
      await place.remove();
    };
  }

  /** The service ends; the log stays. */
  halt(): Promise<void> {
    return this.#stop();
  }

  async restart(): Promise<void> {
    await this.halt();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#stop();
    this.#contacts.close();
    await this.log.dispose();
  }

  returns(...commands: readonly ReturnsCommand[]): Promise<unknown> {
    return commands.reduce<Promise<unknown>>(
      (before, command) => before.then(() => this.executor.execute(returnsModel, returnsStream('A'), command, context())),
      Promise.resolve(),
    );
  }

  parcel(...commands: readonly FoundParcelCommand[]): Promise<unknown> {
    return commands.reduce<Promise<unknown>>(
      (before, command) => before.then(() => this.executor.execute(foundParcelModel, parcelStream('P-1'), command, context())),
      Promise.resolve(),
    );
  }

  async status(): Promise<string | undefined> {
    const { state } = await this.executor.load(foundParcelModel, parcelStream('P-1'));
    return state === null ? undefined : statusOfFound(state);
  }

  async typesOf(streamId: string): Promise<readonly string[]> {
    return (await this.log.store.readStream(streamId)).map((event) => event.type);
  }

  readonly #execute: Dispatch = async (command) => {
    this.crash('before', command);
    if (command instanceof ReceiveItems) await new ReceiveItemsHandler(new ReturnsStream(this.executor)).execute(command);
    else await new RecordHandoverHandler(new FoundParcelStream(this.executor, this.#contacts)).execute(command);
    this.crash('after', command);
  };
}

const order: ReturnsCommand = {
  type: 'RegisterOrder',
  at,
  number: 'A',
  placedAt: at,
  currency: 'EUR',
  contactRef: 'contact-1',
  lines: [
    {
      lineId: 'red',
      kind: 'goods',
      sku: 'RED',
      barcode: null,
      title: 'Red',
      category: null,
      fulfilledQuantity: 3,
      deliveredAt: at,
      finalSale: false,
      weightGrams: null,
      quantity: 3,
      paid: { netMinor: 3000, taxMinor: 0 },
    },
  ],
  shipping: { netMinor: 0, taxMinor: 0 },
  payments: [{ paymentId: 'p1', provider: 'manual', reference: '', method: 'card', capturedMinor: 3000 }],
  promotions: [],
};
const file: ReturnsCommand = {
  type: 'FileReturn',
  at,
  orderId: 'A',
  lines: [{ lineId: 'red', quantity: 3, reason: 'changed_mind', condition: 'opened', noteRef: null, photoRefs: [] }],
  outcome: 'original_payment',
  method: 'own_shipping',
  policy: { policyId: 'default', version: 0, document: { ...DEFAULT_POLICY, windowDays: null } },
  carrier: 'builtin',
};
const found: FoundParcelCommand = {
  type: 'RecordFoundParcel',
  at,
  ...who,
  trackingNumber: null,
  noteRef: null,
  scanId: 'found',
  items: [{ barcode: 'RED', quantity: 1, noteRef: null }],
};
const scan: FoundParcelCommand = {
  type: 'RecordFoundItems',
  at,
  ...who,
  scanId: 's2',
  items: [{ barcode: 'RED', quantity: 2, noteRef: null }],
};
const match = (returnId: string): FoundParcelCommand => ({ type: 'MatchFoundParcel', at, ...who, returnId });

describe('Handing a found parcel over to its return', () => {
  let warehouse: Warehouse;
  beforeEach(async () => {
    warehouse = new Warehouse(await testStore());
    await warehouse.start();
    await warehouse.returns(order, file);
    await warehouse.parcel(found, scan);
  });
  afterEach(() => warehouse.stop());

  const settled = (): Promise<boolean> => waitFor(async () => (await warehouse.status()) === 'handed_over', 'the handover');
  const expectEachScanOnce = async (): Promise<void> => {
    const { state } = await warehouse.executor.load(returnsModel, returnsStream('A'));
    expect(state.returns[0]?.scans.map(({ scanId, received }) => [scanId, received.flatMap((part) => part.units).length])).toEqual([
      ['parcel-P-1:found', 1],
      ['parcel-P-1:s2', 2],
    ]);
    expect((await warehouse.typesOf(returnsStream('A'))).filter((type) => type === 'ItemReceived')).toHaveLength(2);
    expect((await warehouse.typesOf(parcelStream('P-1'))).filter((type) => type === 'FoundItemsHandedOver')).toHaveLength(2);
  };

  it('receives scan by scan, in the order and with the times of the scans', async () => {
    await warehouse.parcel(match('A-R1'));
    await settled();
    await expectEachScanOnce();
    const receipts = (await warehouse.log.store.readStream(returnsStream('A'))).filter((event) => event.type === 'ItemReceived');
    expect(receipts.map(({ data, metadata }) => [data['at'], data['clerk'], metadata.actor.kind, metadata.occurredAt])).toEqual(
      receipts.map(() => [at, 'key-7', 'system', NOW.toISOString()]),
    );
  });

  it.each([
    ['before the return is asked', 'before', ReceiveItems],
    ['after the return has answered', 'after', ReceiveItems],
    ['before the answer is recorded', 'before', RecordHandover],
    ['after the answer was recorded', 'after', RecordHandover],
  ] as const)('does it once although the service dies %s', async (_, point, kind) => {
    let isDead = false;
    // Who is dead does nothing more.
    warehouse.crash = (now, command) => {
      isDead ||= now === point && command instanceof kind;
      if (isDead) throw new Error('killed');
    };
    await warehouse.parcel(match('A-R1'));
    await waitFor(() => isDead, 'the crash');
    await warehouse.halt();
    warehouse.crash = () => undefined;
    await warehouse.start();
    await settled();
    await expectEachScanOnce();
  });

  it('owes nothing anew when its to-dos are derived from the log again', async () => {
    await warehouse.parcel(match('A-R1'));
    await settled();
    const before = await warehouse.log.store.head();
    let asked = 0;
    warehouse.crash = () => {
      asked += 1;
    };
    await warehouse.restart();
    await warehouse.parcel({
      type: 'RecordFoundItems',
      at,
      ...who,
      scanId: 's3',
      items: [{ barcode: 'STRANGER', quantity: 1, noteRef: null }],
    });
    await settled();
    expect(asked).toBe(4);
    const written = (await warehouse.log.store.readStream(returnsStream('A')))
      .filter((event) => event.position > before)
      .map((event) => event.type);
    expect(written).toEqual(['ItemUnexpected']);
  });

  it('makes a refusal visible and waits for another match', async () => {
    await warehouse.parcel(match('A-R9'));
    await waitFor(async () => (await warehouse.status()) === 'refused', 'the refusal');
    const { state } = await warehouse.executor.load(foundParcelModel, parcelStream('P-1'));
    expect(state?.scans.map((each) => each.refusal)).toEqual(['not_found', 'not_found']);
    await warehouse.parcel(match('A-R1'));
    await settled();
    await expectEachScanOnce();
  });
});
