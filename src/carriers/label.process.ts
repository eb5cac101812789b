/** Buys the labels that were asked for and not yet answered. */
import type { ContactsStore } from '../contacts/contacts.store.js';
import { fromProcess } from '../eventing/process-context.js';
import type { Process } from '../eventing/process.js';
import { RecordLabelOutcome } from '../returns/parcel.commands.js';
import type { ReturnsQueries } from '../returns/returns.queries.js';
import type { OrderFacts } from '../returns/rules/returns.events.js';
import type { FoldedOrder } from '../returns/rules/returns.fold.js';
import type { Label, ReturnState } from '../returns/rules/returns.state.js';
import type { Clock } from '../shared/clock.js';
import type { OutsideCalls } from '../shared/outside-calls.js';
import { CarrierDeclined, type CarrierPort, type Carriers, type LabelRequest } from './carrier.port.js';
import { labelsOwed, type LabelToBuy } from './labels-owed.js';

/** Failed attempts after which a person must ask for another label; with back-off a bit over a minute. */
export const LABEL_ATTEMPTS = 8;

type LabelProcessNeeds = {
  readonly queries: Pick<ReturnsQueries, 'ofReturn'>;
  /** Nest's command bus, as far as it is used here. */
  readonly commands: { execute(command: RecordLabelOutcome): Promise<unknown> };
  readonly carriers: Carriers;
  readonly contacts: Pick<ContactsStore, 'getContact'>;
  readonly outside: OutsideCalls;
  readonly clock: Clock;
};

export function labelProcess(needs: LabelProcessNeeds): Process<FoldedOrder, LabelToBuy> {
  return {
    ...labelsOwed,
    // Waiting in line at a slow carrier must not take a place from labels of another one; `OutsideCalls` bounds each.
    concurrency: 10_000,
    async perform({ key, payload }, attempt, signal) {
      const folded = await needs.queries.ofReturn(payload.returnId);
      const ret = folded?.state.returns.find((each) => each.returnId === payload.returnId);
      const label = ret?.labels.find((each) => each.labelId === payload.labelId);
      const order = folded?.state.order ?? null;
      if (ret === undefined || order === null || label?.state !== 'requested') return;
      const outcome = await buy(needs, { key, ret, label, order }, attempt, signal);
      await record(needs, payload, outcome);
    },
  };
}

const isDeclined = (error: unknown): boolean => error instanceof CarrierDeclined;

type Purchase = { readonly key: string; readonly ret: ReturnState; readonly label: Label; readonly order: OrderFacts };
type Outcome = RecordLabelOutcome['said']['outcome'];

/** @throws what the carrier failed with, while it is worth another attempt */
async function buy(needs: LabelProcessNeeds, purchase: Purchase, attempt: number, signal: AbortSignal): Promise<Outcome> {
  const { carriers } = needs;
  const carrier = carriers.find(purchase.label.carrier);
  if (carrier === undefined) return { kind: 'parked', code: 'carrier_not_set_up', attempts: attempt };
  const request = await requestFor(needs, purchase);
  try {
    return await boughtFrom(carrier, needs, request, signal);
  } catch (error) {
    const isFinal = error instanceof CarrierDeclined;
    if (signal.aborted || (!isFinal && attempt < LABEL_ATTEMPTS)) throw error;
    const { fallback } = carriers;
    if (fallback !== undefined && fallback !== carrier)
      return { ...(await boughtFrom(fallback, needs, request, signal)), carrier: fallback.id };
    if (isFinal) return { kind: 'failed', code: error.code, retryable: false };
    return { kind: 'parked', code: 'carrier_unavailable', attempts: attempt };
  }
}

async function boughtFrom(carrier: CarrierPort, { outside }: LabelProcessNeeds, request: LabelRequest, signal: AbortSignal) {
  const bought = await outside.at(carrier.id, signal, () =>
    outside.inTime(carrier.id, signal, (inTime) => carrier.createLabel(request, inTime), isDeclined),
  );
  return { kind: 'issued' as const, ...bought };
}

async function requestFor({ contacts }: LabelProcessNeeds, { key, ret, label, order }: Purchase): Promise<LabelRequest> {
  const { returnId } = ret;
  const { labelId, kind, requestedAt } = label;
  const { currency, contactRef } = order;
  const sender = (await contacts.getContact(contactRef)) ?? null;
  const what = { key, returnId, labelId, kind, reference: returnId.slice(0, 100), requestedAt };
  return { ...what, weightGrams: weightOf(ret, order), currency, sender };
}

async function record({ commands, clock }: LabelProcessNeeds, { returnId, labelId }: LabelToBuy, outcome: Outcome): Promise<void> {
  // A label comes to each outcome at most once, so label and outcome name the command.
  const from = fromProcess(labelsOwed.name, `${labelId} ${outcome.kind}`, clock().toISOString(), { causationId: labelId });
  await commands.execute(new RecordLabelOutcome(returnId, { labelId, outcome }, from));
}

/** Null as soon as the weight of one item is not known. */
function weightOf({ lines }: ReturnState, order: OrderFacts): number | null {
  let grams = 0;
  for (const { lineId, units } of lines) {
    const weight = order.lines.find((line) => line.lineId === lineId)?.weightGrams ?? null;
    if (weight === null) return null;
    grams += weight * units.filter((unit) => unit.place === 'awaiting').length;
  }
  return grams;
}
