/** Orders, returns and the real process runner on a real log, to be killed and started again at will. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ContactsStore } from '../../src/contacts/contacts.store.js';
import { CommandExecutor } from '../../src/eventing/execute-command.js';
import { Processes, type ProcessOptions } from '../../src/eventing/process-runner.js';
import type { Process } from '../../src/eventing/process.js';
import { openDatabase } from '../../src/eventing/sql/database.js';
import { EventCatalogue } from '../../src/eventing/upcasting.js';
import { Views } from '../../src/eventing/views.js';
import {
  RecordLabelOutcome,
  RecordLabelOutcomeHandler,
  RecordLabelVoid,
  RecordLabelVoidHandler,
} from '../../src/returns/parcel.commands.js';
import {
  RecordPayoutOutcomeHandler,
  SubmitPayout,
  SubmitPayoutHandler,
  type RecordPayoutOutcome,
} from '../../src/returns/refund.commands.js';
import { ReturnsStream } from '../../src/returns/returns.commands.js';
import { ReturnsQueries } from '../../src/returns/returns.queries.js';
import { returnsModel, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import type { FoldedOrder } from '../../src/returns/rules/returns.fold.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { CustomerTexts } from '../../src/returns/texts.js';
import { testStore } from '../support/test-store.js';
import { waitFor } from '../support/wait-for.js';

export type Run = { readonly views: Views; stop(boundMs?: number): Promise<void> };

export async function returnsDesk() {
  const { store, folder, dispose } = await testStore();
  const executor = new CommandExecutor(store, { backOffMs: 1 });
  const stream = new ReturnsStream(executor);
  const queries = new ReturnsQueries(executor);
  const contacts = new ContactsStore(folder, () => new Date());
  const texts = new CustomerTexts(queries, contacts);
  const commands = {
    execute(command: RecordLabelOutcome | RecordLabelVoid | SubmitPayout | RecordPayoutOutcome) {
      if (command instanceof RecordLabelOutcome) return new RecordLabelOutcomeHandler(stream).execute(command);
      if (command instanceof RecordLabelVoid) return new RecordLabelVoidHandler(stream).execute(command);
      if (command instanceof SubmitPayout) return new SubmitPayoutHandler(stream).execute(command);
      return new RecordPayoutOutcomeHandler(stream, texts).execute(command);
    },
  };
  const runs: Run[] = [];
  const stateOf = async (orderId: string): Promise<ReturnsState> => (await queries.ofOrder(orderId)).state;

  return {
    store,
    folder,
    executor,
    queries,
    commands,
    contacts,
    texts,
    stateOf,
    /** Somebody asks for these, one after the other. */
    async ask(orderId: string, ...asked: readonly ReturnsCommand[]): Promise<void> {
      for (const command of asked) {
        const commandId = randomUUID();
        await executor.execute(returnsModel, returnsStream(orderId), command, {
          commandId,
          correlationId: commandId,
          causationId: commandId,
          actor: { kind: 'shop', id: 'key-1', channel: 'api' },
          occurredAt: command.at,
        });
      }
    },
    /** The order as processes see it. */
    foldedOrder: async (orderId: string): Promise<FoldedOrder> => ({ ...(await stateOf(orderId)), touchedAt: {}, latestMs: 0 }),
    /** Types of everything on the order's stream. */
    log: async (orderId: string): Promise<readonly string[]> => (await queries.history(orderId)).map((event) => event.type),
    /** Starts the process, as the service does. `file` names the file its to-dos are in. */
    async serve<State, Payload>(
      process: Process<State, Payload>,
      { file = 'views', ...options }: ProcessOptions & { readonly file?: string } = {},
    ): Promise<Run> {
      const database = openDatabase(join(folder, `${file}.sqlite`));
      const catalogue = new EventCatalogue();
      catalogue.register(returnsModel);
      const views = new Views(store, database, catalogue);
      const processes = new Processes(store, views, { backOffMs: 2, longestBackOffMs: 20, ...options });
      processes.register(process);
      await views.start({ run: true });
      await processes.start();
      const run: Run = {
        views,
        stop: async (boundMs = 1000) => {
          runs.splice(runs.indexOf(run), 1);
          await processes.stop(boundMs);
          await views.stop();
          await database.close();
        },
      };
      runs.push(run);
      return run;
    },
    /** Waits until the order's returns look as described. */
    until: (orderId: string, looks: (state: ReturnsState) => boolean, what: string) =>
      waitFor(async () => looks(await stateOf(orderId)), what, 30_000),
    async dispose(): Promise<void> {
      for (const run of [...runs]) await run.stop(0);
      contacts.close();
      await dispose();
    },
  };
}

export type ReturnsDesk = Awaited<ReturnType<typeof returnsDesk>>;
