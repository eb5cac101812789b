import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '../../src/eventing/decider.js';
import { StoreUnavailableError, UnknownOutcomeError, WrongRevisionError } from '../../src/eventing/event-store.js';
import {
  CommandExecutor,
  deriveCommandId,
  IdempotencyConflictError,
  IdempotencyInProgressError,
  RevisionMismatchError,
} from '../../src/eventing/execute-command.js';
import { UnreadableEventError } from '../../src/eventing/upcasting.js';
import { AT, clear, context, count, counterModel } from '../support/counter-model.js';
import { testStore, type TestStore } from '../support/test-store.js';

const STREAM = 'counter-1';
const options = { backOffMs: 1 };

describe('a command', () => {
  let test: TestStore;
  let executor: CommandExecutor;
  const run = (command = count(1), over = {}) => executor.execute(counterModel, STREAM, command, context(over));

  beforeEach(async () => {
    test = await testStore();
    executor = new CommandExecutor(test.store, options);
  });
  afterEach(() => test.dispose());

  it('is decided on what happened before and answers with the state after it', async () => {
    const first = await run(count(3));
    const second = await run(count(4));
    expect(first).toMatchObject({ state: { total: 3 }, revision: 0, replayed: false });
    expect(second).toMatchObject({ state: { total: 7 }, revision: 1, events: [{ type: 'Counted', data: { at: AT, by: 4 } }] });
    expect(second.position).toBe(await test.store.head());
  });

  it('costs one append and no read on a stream in memory', async () => {
    await run();
    const { reads, appends } = test.store;
    await run();
    await run();
    expect(test.store.reads - reads).toBe(0);
    expect(test.store.appends - appends).toBe(2);
  });

  it('leaves who asked, when, why and under which id on every event', async () => {
    const asked = context({ commandId: deriveCommandId('key-1', 'abc'), causationId: 'cause', correlationId: 'case' });
    await executor.execute(counterModel, STREAM, count(2), asked);
    const [event] = await executor.history(counterModel, STREAM);
    expect(event?.metadata).toEqual({
      commandId: asked.commandId,
      commandHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      correlationId: 'case',
      causationId: 'cause',
      schemaVersion: 1,
      actor: { kind: 'system', id: 'test', channel: 'api' },
      occurredAt: AT,
    });
  });

  it('that is refused by a rule writes nothing', async () => {
    await run(count(99));
    await expect(run(count(2))).rejects.toMatchObject({ code: 'over_limit' });
    expect(await executor.load(counterModel, STREAM)).toEqual({ state: { total: 99, counted: 1 }, revision: 0 });
  });

  it('that finds everything already so writes nothing and answers with what is', async () => {
    expect(await run(clear)).toEqual({ state: { total: 0, counted: 0 }, revision: -1, position: null, events: [], replayed: false });
  });

  it('too large for one append is refused', async () => {
    await expect(run(count(1, 'x'.repeat(1_100_000)))).rejects.toThrow(DomainError);
    await expect(run(count(1, 'x'.repeat(1_100_000)))).rejects.toMatchObject({ code: 'payload_too_large' });
  });

  describe('sent again', () => {
    it('is answered as the first time, even after the stream went on, a second later and in another process', async () => {
      const commandId = deriveCommandId('shop', 'k1');
      const first = await run(count(5), { commandId });
      await run(count(6));
      const again = { ...count(5), at: '2026-03-01T10:00:01.000Z' };
      expect(await run(again, { commandId })).toEqual({ ...first, replayed: true });
      const restarted = new CommandExecutor(test.store, options);
      expect(await restarted.execute(counterModel, STREAM, again, context({ commandId }))).toEqual({ ...first, replayed: true });
      expect(await executor.load(counterModel, STREAM)).toMatchObject({ state: { total: 11 } });
    });

    it('with another content is a conflict', async () => {
      await run(count(5), { commandId: 'c1' });
      await expect(run(count(6), { commandId: 'c1' })).rejects.toThrow(IdempotencyConflictError);
    });

    it('compares what the caller sent, where the command carries looked-up facts', async () => {
      await run(count(5), { commandId: 'c1', payloadHash: 'h1' });
      expect(await run(count(6), { commandId: 'c1', payloadHash: 'h1' })).toMatchObject({ state: { total: 5 }, replayed: true });
      await expect(run(count(5), { commandId: 'c1', payloadHash: 'h2' })).rejects.toThrow(IdempotencyConflictError);
    });

    it('is known by its id alone where its giver says so, whatever it says by now', async () => {
      await run(count(5), { commandId: 'c1' });
      expect(await run(count(6), { commandId: 'c1', payloadHash: null })).toMatchObject({ state: { total: 5 }, replayed: true });
    });

    it('is known by its content, however a release before this one knew the request', async () => {
      await run(count(5), { commandId: 'c1' });
      expect(await run(count(5), { commandId: 'c1', payloadHash: 'h1' })).toMatchObject({ state: { total: 5 }, replayed: true });
    });

    it('while the first is under way is turned away', async () => {
      const first = run(count(1), { commandId: 'c1' });
      await expect(run(count(1), { commandId: 'c1' })).rejects.toThrow(IdempotencyInProgressError);
      expect(await first).toMatchObject({ replayed: false });
      expect(await run(count(1), { commandId: 'c1' })).toMatchObject({ replayed: true });
    });

    it('keeps its first answer under an If-Match that has become old', async () => {
      await run(count(1));
      await run(count(1), { commandId: 'c1', expectedRevision: 0 });
      expect(await run(count(1), { commandId: 'c1', expectedRevision: 0 })).toMatchObject({ revision: 1, replayed: true });
    });
  });

  describe('beside other writers', () => {
    it('takes turns with commands on the same stream, so none is lost', async () => {
      await Promise.all(Array.from({ length: 50 }, () => run(count(1))));
      expect(await executor.load(counterModel, STREAM)).toEqual({ state: { total: 50, counted: 50 }, revision: 49 });
      expect(test.store.appends).toBe(50);
    });

    it('is decided again on what another process wrote, reading only the tail', async () => {
      const other = new CommandExecutor(test.store, options);
      await run(count(60));
      await other.execute(counterModel, STREAM, count(30), context());
      expect(await run(count(10))).toMatchObject({ state: { total: 100 }, revision: 2 });
      await expect(other.execute(counterModel, STREAM, count(1), context())).rejects.toMatchObject({ code: 'over_limit' });
    });

    it('is not refused because of an old state in memory', async () => {
      const other = new CommandExecutor(test.store, options);
      await run(count(100));
      await other.execute(counterModel, STREAM, clear, context());
      expect(await run(count(7))).toMatchObject({ state: { total: 7 } });
    });

    it('gives up after three lost races', async () => {
      const other = new CommandExecutor(test.store, options);
      const interfere = async (): Promise<void> => {
        await other.execute(counterModel, STREAM, count(1), context());
        test.store.beforeAppend = interfere;
      };
      test.store.beforeAppend = interfere;
      await expect(run(count(1))).rejects.toThrow(WrongRevisionError);
      expect(await executor.load(counterModel, STREAM)).toMatchObject({ state: { total: 4 } });
    });

    it('handled by two processes at once is recorded once and answered the same', async () => {
      const other = new CommandExecutor(test.store, options);
      await run(count(1));
      await other.load(counterModel, STREAM);
      const answers = await Promise.all([
        run(count(5), { commandId: 'c1' }),
        other.execute(counterModel, STREAM, count(5), context({ commandId: 'c1' })),
      ]);
      expect(answers.map(({ state, revision }) => ({ state, revision }))).toEqual(
        Array(2).fill({ state: { total: 6, counted: 2 }, revision: 1 }),
      );
      expect(await executor.history(counterModel, STREAM)).toHaveLength(2);
    });
  });

  describe('with an If-Match', () => {
    it('is refused when the stream has moved, without another try', async () => {
      const other = new CommandExecutor(test.store, options);
      await run(count(1));
      await expect(run(count(1), { expectedRevision: 7 })).rejects.toThrow(RevisionMismatchError);
      await other.execute(counterModel, STREAM, count(1), context());
      await expect(run(count(1), { expectedRevision: 0 })).rejects.toMatchObject({ expected: 0, actual: 1 });
      expect(await executor.history(counterModel, STREAM)).toHaveLength(2);
    });

    it('holds when the client has seen more than this process', async () => {
      const other = new CommandExecutor(test.store, options);
      await run(count(1));
      await other.execute(counterModel, STREAM, count(1), context());
      expect(await run(count(1), { expectedRevision: 1 })).toMatchObject({ revision: 2 });
    });
  });

  describe('when the store fails', () => {
    it('whose reply is lost is sent again and recorded once', async () => {
      test.store.failNextAppend(new UnknownOutcomeError('reply lost'), true);
      test.store.failNextAppend(new UnknownOutcomeError('request lost'), false);
      expect(await run(count(5))).toMatchObject({ revision: 0, replayed: false });
      expect(await executor.history(counterModel, STREAM)).toHaveLength(1);
    });

    it('is tried again while the store cannot be reached, then says so', async () => {
      test.store.failNextAppend(new StoreUnavailableError('down'), false);
      expect(await run(count(1))).toMatchObject({ revision: 0 });
      for (let i = 0; i < 5; i += 1) test.store.failNextAppend(new StoreUnavailableError('down'), false);
      await expect(run(count(1))).rejects.toThrow(StoreUnavailableError);
      expect(await run(count(1))).toMatchObject({ revision: 1 });
    });

    it('left in doubt is recognised when it is sent again later', async () => {
      for (let i = 0; i < 5; i += 1) test.store.failNextAppend(new UnknownOutcomeError('reply lost'), true);
      await expect(run(count(1), { commandId: 'c1' })).rejects.toThrow(UnknownOutcomeError);
      expect(await run(count(1), { commandId: 'c1' })).toMatchObject({ state: { total: 1 }, revision: 0 });
      expect(await executor.history(counterModel, STREAM)).toHaveLength(1);
    });
  });

  describe('within its time', () => {
    const hurried = { backOffMs: 1, budgetMs: 50 };

    it('is sent no more once its time is over, and is in doubt when any of its sends was', async () => {
      const late = new CommandExecutor(test.store, hurried);
      await late.load(counterModel, STREAM);
      const slow = new Promise<void>((resolve) => setTimeout(resolve, 60));
      test.store.beforeAppend = () => slow;
      test.store.failNextAppend(new UnknownOutcomeError('reply lost'), false);
      await expect(late.execute(counterModel, STREAM, count(1), context())).rejects.toThrow(UnknownOutcomeError);
      expect(test.store.appends).toBe(1);
      test.store.failNextAppend(new UnknownOutcomeError('reply lost'), false);
      for (let i = 0; i < 4; i += 1) test.store.failNextAppend(new StoreUnavailableError('down'), false);
      await expect(executor.execute(counterModel, STREAM, count(1), context())).rejects.toThrow(UnknownOutcomeError);
    });

    it('is not sent at all when others of its stream took all of it, and says that nothing was written', async () => {
      const late = new CommandExecutor(test.store, hurried);
      await late.load(counterModel, STREAM);
      const slow = new Promise<void>((resolve) => setTimeout(resolve, 60));
      test.store.beforeAppend = () => slow;
      const answers = await Promise.allSettled([
        late.execute(counterModel, STREAM, count(1), context()),
        late.execute(counterModel, STREAM, count(2), context()),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      expect(answers[1]).toMatchObject({ reason: { name: 'StoreUnavailableError', message: 'Nothing was written within 50 ms' } });
      expect(await executor.load(counterModel, STREAM)).toMatchObject({ state: { total: 1 } });
    });
  });

  it('can be seen as of any past moment', async () => {
    await run(count(1), { occurredAt: '2026-03-01T10:00:00.000Z' });
    await run(count(2), { occurredAt: '2026-03-02T10:00:00.000Z' });
    const asOf = (at: string) => executor.loadAsOf(counterModel, STREAM, at);
    expect(await asOf('2026-03-01T09:59:59Z')).toEqual({ state: { total: 0, counted: 0 }, revision: -1 });
    expect(await asOf('2026-03-02T09:00:00Z')).toMatchObject({ state: { total: 1 }, revision: 0 });
    expect(await asOf('2026-03-02T10:00:00Z')).toMatchObject({ state: { total: 3 }, revision: 1 });
  });

  it('reads events of older shapes through upcasters and refuses those of newer ones', async () => {
    await run(count(2));
    const inDozens = {
      ...counterModel,
      versions: { Counted: 3, Cleared: 1 },
      upcasters: { Counted: { 1: (data: object) => ({ ...data, by: 24 }), 2: (data: object) => ({ ...data, unit: 'each' }) } },
    };
    const newer = new CommandExecutor(test.store, options);
    expect(await newer.load(inDozens, STREAM)).toMatchObject({ state: { total: 24 } });
    expect(await newer.history(inDozens, STREAM)).toMatchObject([{ data: { by: 24, unit: 'each' }, metadata: { schemaVersion: 3 } }]);
    await newer.execute(inDozens, STREAM, count(1), context());
    await expect(new CommandExecutor(test.store, options).load(counterModel, STREAM)).rejects.toThrow(UnreadableEventError);
  });
});
