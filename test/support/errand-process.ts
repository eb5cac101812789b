/** Errands that are ordered, run outside and reported back: the smallest process, and a provider that knows its keys. */
import { deriveCommandId, type CommandExecutor, type StreamModel } from '../../src/eventing/execute-command.js';
import type { Process, ToDo } from '../../src/eventing/process.js';
import type { Fold } from '../../src/eventing/projection.js';
import { AT, context } from './counter-model.js';

type Ordered = {
  readonly type: 'ErrandOrdered';
  readonly data: { readonly at: string; readonly errand: string; readonly dueAt: string; readonly lane: string };
};
type Done = { readonly type: 'ErrandDone'; readonly data: { readonly at: string; readonly errand: string; readonly receipt: string } };
export type ErrandEvent = Ordered | Done;
type Errand = Ordered['data'] & { readonly receipt: string | null };
export type Errands = { readonly errands: readonly Errand[] };
export type ErrandCommand =
  | {
      readonly type: 'order';
      readonly at: string;
      readonly errands: readonly { readonly errand: string; readonly dueAt?: string; readonly lane?: string }[];
    }
  | { readonly type: 'report'; readonly at: string; readonly errand: string; readonly receipt: string };

export const errandModel: StreamModel<Errands, ErrandCommand, ErrandEvent> = {
  decider: {
    initialState: { errands: [] },
    decide(command, state) {
      if (command.type === 'order') {
        return command.errands.map(({ errand, dueAt = AT, lane = errand }) => ({
          type: 'ErrandOrdered',
          data: { at: command.at, errand, dueAt, lane },
        }));
      }
      const open = state.errands.some(({ errand, receipt }) => errand === command.errand && receipt === null);
      return open ? [{ type: 'ErrandDone', data: { at: command.at, errand: command.errand, receipt: command.receipt } }] : [];
    },
    evolve(state, { type, data }) {
      switch (type) {
        case 'ErrandOrdered':
          return { errands: [...state.errands, { ...data, receipt: null }] };
        case 'ErrandDone':
          return {
            errands: state.errands.map((errand) => (errand.errand === data.errand ? { ...errand, receipt: data.receipt } : errand)),
          };
        default:
          return state;
      }
    },
  },
  versions: { ErrandOrdered: 1, ErrandDone: 1 },
  upcasters: {},
};

/** Does each key once and gives the same receipt again when asked again, like a payment provider. */
export class Provider {
  readonly done = new Map<string, string>();
  readonly calls: string[] = [];

  call(key: string): string {
    this.calls.push(key);
    const receipt = this.done.get(key) ?? `receipt-${this.done.size + 1}`;
    this.done.set(key, receipt);
    return receipt;
  }
}

const errandFold: Fold<Errands & { readonly stream?: string }> = {
  types: new Set(['ErrandOrdered', 'ErrandDone']),
  evolve: (state, { streamId, type, data }) => ({
    ...errandModel.decider.evolve(state ?? { errands: [] }, { type, data } as ErrandEvent),
    stream: streamId,
  }),
};

export type Perform = Process<Errands, { readonly errand: string; readonly stream: string }>['perform'];

export function errandProcess(
  perform: Perform,
  concurrency?: number,
): Process<Errands & { readonly stream?: string }, { readonly errand: string; readonly stream: string }> {
  return {
    name: 'errands',
    version: 1,
    fold: errandFold,
    handles: new Set(['ErrandOrdered', 'ErrandDone']),
    pending: ({ errands, stream = '' }) =>
      errands
        .filter(({ receipt }) => receipt === null)
        .map(({ errand, dueAt, lane }): ToDo<{ errand: string; stream: string }> => ({
          key: errand,
          lane,
          dueAt,
          payload: { errand, stream },
        })),
    ...(concurrency === undefined ? {} : { concurrency }),
    perform,
  };
}

/** Records what the provider said, under an id that derives from the key. */
export async function report(executor: CommandExecutor, stream: string, errand: string, receipt: string): Promise<void> {
  await executor.execute(
    errandModel,
    stream,
    { type: 'report', at: AT, errand, receipt },
    context({ commandId: deriveCommandId('errands', errand) }),
  );
}
