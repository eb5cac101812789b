import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BuiltinCarrier } from '../../src/carriers/builtin.adapter.js';
import {
  CarrierDeclined,
  Carriers,
  CarrierUnavailable,
  type BoughtLabel,
  type CarrierPort,
  type LabelRequest,
  type VoidAnswer,
} from '../../src/carriers/carrier.port.js';
import { labelVoidProcess } from '../../src/carriers/label-void.process.js';
import { LABEL_ATTEMPTS, labelProcess } from '../../src/carriers/label.process.js';
import { OutsideCalls } from '../../src/shared/outside-calls.js';
import { cancel, file, line, order, wish } from '../rules/returns.scenes.js';
import { waitFor } from '../support/wait-for.js';
import { returnsDesk, type ReturnsDesk } from './returns-worker.js';

const NEVER = new Promise<never>(() => undefined);

/** A carrier that bills: one label per key, however often it is asked. */
class Post implements CarrierPort {
  readonly asked: LabelRequest[] = [];
  readonly sold = new Map<string, BoughtLabel>();
  beforeSale: () => Promise<void> | void = () => undefined;
  afterSale: () => Promise<void> | void = () => undefined;
  readonly simulated = false;
  constructor(readonly id = 'post') {}

  async createLabel(request: LabelRequest): Promise<BoughtLabel> {
    this.asked.push(request);
    await this.beforeSale();
    const label = this.sold.get(request.key) ?? {
      trackingNumber: `TN-${this.sold.size + 1}`,
      code: null,
      costMinor: 490,
      documentRef: `doc-${this.sold.size + 1}`,
    };
    this.sold.set(request.key, label);
    await this.afterSale();
    return label;
  }

  readonly takenBack: string[] = [];
  beforeTakingBack: () => Promise<void> | void = () => undefined;
  async voidLabel({ documentRef }: { readonly documentRef: string }): Promise<VoidAnswer> {
    this.takenBack.push(documentRef);
    await this.beforeTakingBack();
    return 'submitted';
  }

  render = () => Promise.reject(new CarrierDeclined('format_not_offered'));
}

describe('A label', () => {
  let desk: ReturnsDesk;
  let post: Post;

  beforeEach(async () => {
    desk = await returnsDesk();
    post = new Post();
  });
  afterEach(() => desk.dispose());

  const labels = (carriers = new Carriers([post, new BuiltinCarrier({ returnAddress: ['Returns desk'] })])) =>
    labelProcess({
      ...{ queries: desk.queries, commands: desk.commands, contacts: desk.contacts, carriers },
      ...{ outside: new OutsideCalls(), clock: () => new Date() },
    });
  const filed = (orderId: string, carrier = 'post') => desk.ask(orderId, order(), file([wish('cap')], { orderId, carrier }));
  const until = (orderId: string, state: string) =>
    desk.until(orderId, (now) => now.returns[0]?.labels[0]?.state === state, `${orderId} ${state}`);
  const labelOf = async (orderId: string) => (await desk.stateOf(orderId)).returns[0]!.labels[0]!;
  const labelEvents = async (orderId: string) =>
    (await desk.log(orderId)).filter((type) => type.startsWith('Label') || type.startsWith('DropOff'));

  it('is bought right after the return is approved', async () => {
    await desk.serve(labels());
    await filed('O-1');
    await until('O-1', 'issued');
    expect(await labelOf('O-1')).toMatchObject({
      labelId: 'O-1-R1-L1',
      carrier: 'post',
      trackingNumber: 'TN-1',
      costMinor: 490,
      documentRef: 'doc-1',
    });
    expect(post.asked).toEqual([
      {
        ...{ key: 'O-1-R1-L1', returnId: 'O-1-R1', labelId: 'O-1-R1-L1', kind: 'label', weightGrams: null, reference: 'O-1-R1' },
        ...{ requestedAt: (await labelOf('O-1')).requestedAt, currency: 'EUR', sender: null },
      },
    ]);
  });

  it('says who sends the parcel, and writes it nowhere', async () => {
    const { contactRef } = order();
    const ada = {
      ...{ name: 'Ada Byron', email: 'ada@example.org', phone: null },
      address: { line1: '12 St James’s Square', line2: null, city: 'London', region: null, postalCode: 'SW1Y 4JH', country: 'GB' },
    };
    await desk.contacts.putContact(contactRef, ada);
    await desk.serve(labels());
    await filed('O-1');
    await until('O-1', 'issued');
    expect(post.asked[0]!.sender).toEqual(ada);
    expect(JSON.stringify(await desk.queries.history('O-1'))).not.toMatch(/Ada|James|London/);
  });

  it('states what the goods weigh where the shop knows it', async () => {
    await desk.ask('O-1', order({ lines: [line('cap', { weightGrams: 120, quantity: 3 })] }), file([wish('cap', 2)], { carrier: 'post' }));
    await desk.serve(labels());
    await until('O-1', 'issued');
    expect(post.asked[0]!.weightGrams).toBe(240);
  });

  it('is a code to show for a drop-off return', async () => {
    await desk.ask('O-1', order(), file([wish('cap')], { method: 'drop_off', carrier: 'builtin' }));
    await desk.serve(labels());
    await until('O-1', 'issued');
    expect(await labelEvents('O-1')).toEqual(['LabelRequested', 'DropOffCodeIssued']);
    expect((await labelOf('O-1')).code).toMatch(/^BH\d{18}$/);
  });

  it('that the carrier declines has failed; a new one may be asked for', async () => {
    post.beforeSale = () => {
      post.beforeSale = () => undefined;
      throw new CarrierDeclined('address_not_served');
    };
    await filed('O-1');
    await desk.serve(labels());
    await until('O-1', 'failed');
    expect((await labelOf('O-1')).problem).toBe('address_not_served');
    await desk.ask('O-1', { type: 'RequestLabel', at: new Date().toISOString(), returnId: 'O-1-R1', carrier: 'post' });
    await desk.until('O-1', (now) => now.returns[0]?.labels[1]?.state === 'issued', 'the second label');
    expect(post.asked.map(({ key }) => key)).toEqual(['O-1-R1-L1', 'O-1-R1-L2']);
  });

  it('that the carrier declines is made by the one to fall back on, and says by whom', async () => {
    const builtin = new BuiltinCarrier({ returnAddress: ['Returns desk'] });
    post.beforeSale = () => {
      throw new CarrierDeclined('no_rates');
    };
    await filed('O-1');
    await desk.serve(labels(new Carriers([post, builtin], builtin)));
    await until('O-1', 'issued');
    expect(await labelOf('O-1')).toMatchObject({ carrier: 'builtin', costMinor: 0, problem: null });
    expect(await labelEvents('O-1')).toEqual(['LabelRequested', 'LabelIssued']);
  });

  it('is made by the carrier to fall back on only once the one asked has stayed away', async () => {
    const builtin = new BuiltinCarrier({ returnAddress: ['Returns desk'] });
    post.beforeSale = () => {
      throw new CarrierUnavailable('503');
    };
    await filed('O-1');
    const buying = labels(new Carriers([post, builtin], builtin));
    const payload = { orderId: 'O-1', returnId: 'O-1-R1', labelId: 'O-1-R1-L1', carrier: 'post' };
    const toDo = { key: 'O-1-R1-L1', lane: 'O-1-R1-L1', dueAt: (await labelOf('O-1')).requestedAt, payload };
    const { signal } = new AbortController();
    await expect(buying.perform(toDo, LABEL_ATTEMPTS - 1, signal)).rejects.toThrow('503');
    expect((await labelOf('O-1')).state).toBe('requested');
    await buying.perform(toDo, LABEL_ATTEMPTS, signal);
    expect(await labelOf('O-1')).toMatchObject({ state: 'issued', carrier: 'builtin' });
  });

  it('has failed where the one to fall back on is the one that declined', async () => {
    post.beforeSale = () => {
      throw new CarrierDeclined('no_rates');
    };
    await filed('O-1');
    await desk.serve(labels(new Carriers([post], post)));
    await until('O-1', 'failed');
    expect((await labelOf('O-1')).problem).toBe('no_rates');
  });

  it('is asked for again under the same key while the carrier is down, without filling the log', async () => {
    let failures = 5;
    post.beforeSale = () => {
      failures -= 1;
      if (failures >= 0) throw new CarrierUnavailable('503');
    };
    await filed('O-1');
    await desk.serve(labels());
    await until('O-1', 'issued');
    expect(post.asked).toHaveLength(6);
    expect(new Set(post.asked.map(({ key }) => key)).size).toBe(1);
    expect(await labelEvents('O-1')).toEqual(['LabelRequested', 'LabelIssued']);
  });

  it('is parked when the carrier stays down', async () => {
    post.beforeSale = () => {
      throw new CarrierUnavailable('503');
    };
    await filed('O-1');
    await desk.serve(labels());
    await until('O-1', 'parked');
    expect(await labelOf('O-1')).toMatchObject({ problem: 'carrier_unavailable', attempts: LABEL_ATTEMPTS });
    expect(post.asked).toHaveLength(LABEL_ATTEMPTS);
  });

  it('of a carrier that is not set up is parked and says so', async () => {
    await filed('O-1', 'pigeon');
    await desk.serve(labels());
    await until('O-1', 'parked');
    expect((await labelOf('O-1')).problem).toBe('carrier_not_set_up');
  });

  it('of a return cancelled while it was being bought is recorded with its cost, and stays void', async () => {
    let sell = (): void => undefined;
    post.beforeSale = () => new Promise<void>((resolve) => (sell = resolve));
    await filed('O-1');
    await desk.serve(labels());
    await waitFor(() => post.asked.length === 1, 'the call');
    await desk.ask('O-1', cancel());
    sell();
    await desk.until('O-1', (now) => now.returns[0]?.labels[0]?.costMinor === 490, 'the cost');
    expect((await labelOf('O-1')).state).toBe('voided');
  });

  it('of a return cancelled before is not bought', async () => {
    await filed('O-1');
    await desk.ask('O-1', cancel());
    await filed('O-2');
    await desk.serve(labels());
    await until('O-2', 'issued');
    expect(post.asked.map(({ key }) => key)).toEqual(['O-2-R1-L1']);
  });

  it('of one carrier does not wait for a carrier that hangs', async () => {
    post.beforeSale = () => NEVER;
    await Promise.all(Array.from({ length: 60 }, (_, index) => filed(`H-${index}`)));
    await desk.serve(labels());
    await waitFor(() => post.asked.length === 32, 'its lines to be full');
    await filed('O-1', 'builtin');
    await until('O-1', 'issued');
    expect(post.asked).toHaveLength(32);
  });

  describe('that became void', () => {
    const voids = (carrier: CarrierPort = post) =>
      labelVoidProcess({
        ...{ queries: desk.queries, commands: desk.commands, carriers: new Carriers([carrier]) },
        ...{ outside: new OutsideCalls(), clock: () => new Date() },
      });
    const voided = async (carrier = 'post') => {
      await desk.serve(labels());
      await filed('O-1', carrier);
      await until('O-1', 'issued');
      await desk.ask('O-1', cancel());
    };
    const untilSaid = (outcome: string) =>
      desk.until('O-1', (now) => now.returns[0]?.labels[0]?.voidOutcome === outcome, `the label ${outcome}`);

    it('is taken back by its carrier once, and what the carrier says is on the log', async () => {
      await voided();
      await desk.serve(voids(), { file: 'voids' });
      await untilSaid('submitted');
      expect(post.takenBack).toEqual(['doc-1']);
      expect(await labelEvents('O-1')).toEqual(['LabelRequested', 'LabelIssued', 'LabelVoided', 'LabelVoidConfirmed']);
      await desk.serve(voids(), { file: 'lost-and-built-again' });
      await filed('O-2');
      await until('O-2', 'issued');
      expect(post.takenBack).toEqual(['doc-1']);
    });

    it('is asked for again while the carrier refuses, as one may right after the sale, and then refused', async () => {
      await voided();
      post.beforeTakingBack = () => {
        throw new CarrierDeclined('refund_rejected');
      };
      await desk.serve(voids(), { file: 'voids' });
      await untilSaid('rejected');
      expect(post.takenBack).toHaveLength(LABEL_ATTEMPTS);
    });

    it('of a carrier that stays down waits for a person', async () => {
      await voided();
      post.beforeTakingBack = () => {
        throw new CarrierUnavailable('503');
      };
      await desk.serve(voids(), { file: 'voids' });
      await untilSaid('parked');
    });

    it('and cost nothing is nobody’s to take back', async () => {
      await voided('builtin');
      expect(voids().pending(await desk.foldedOrder('O-1'))).toEqual([]);
    });

    it('is asked for again after a crash before the answer was recorded', async () => {
      await voided();
      post.beforeTakingBack = () => NEVER;
      const run = await desk.serve(voids(), { file: 'voids' });
      await waitFor(() => post.takenBack.length === 1, 'the call');
      await run.stop(0);
      post.beforeTakingBack = () => undefined;
      await desk.serve(voids(), { file: 'voids' });
      await untilSaid('submitted');
    });
  });

  describe('when the service is killed', () => {
    it('before the call, is bought after the start', async () => {
      post.beforeSale = () => NEVER;
      await filed('O-1');
      const run = await desk.serve(labels());
      await waitFor(() => post.asked.length === 1, 'the call');
      await run.stop(0);
      expect(post.sold.size).toBe(0);
      post.beforeSale = () => undefined;
      await desk.serve(labels());
      await until('O-1', 'issued');
      expect(post.sold.size).toBe(1);
    });

    it('after the sale and before it is recorded, is bought once', async () => {
      post.afterSale = () => NEVER;
      await filed('O-1');
      const run = await desk.serve(labels());
      await waitFor(() => post.sold.size === 1, 'the sale');
      await run.stop(0);
      expect(await labelEvents('O-1')).toEqual(['LabelRequested']);
      post.afterSale = () => undefined;
      await desk.serve(labels());
      await until('O-1', 'issued');
      expect([...post.sold.keys()]).toEqual(['O-1-R1-L1']);
      expect((await labelOf('O-1')).trackingNumber).toBe('TN-1');
    });

    it('after recording and before the checkpoint, finds nothing left to do', async () => {
      await filed('O-1');
      const process = labels();
      const [owed] = process.pending(await desk.foldedOrder('O-1'));
      const run = await desk.serve(process);
      await until('O-1', 'issued');
      await run.stop(0);
      const restarted = labels();
      await restarted.perform(owed!, 1, new AbortController().signal);
      await desk.serve(restarted, { file: 'lost-and-built-again' });
      await filed('O-2');
      await until('O-2', 'issued');
      expect(await labelEvents('O-1')).toEqual(['LabelRequested', 'LabelIssued']);
      expect(post.asked.map(({ key }) => key)).toEqual(['O-1-R1-L1', 'O-2-R1-L1']);
    });
  });
});
