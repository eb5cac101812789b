/** What shops may offer, in the order it is shown. */
import type { Schemas } from '../shared/api/api';

type Offered = Pick<Schemas['BoardRowAnswer'], 'method' | 'outcome'>;

export const METHODS = ['label', 'drop_off', 'pickup', 'own_shipping', 'in_store', 'keep'] as const satisfies readonly Offered['method'][];
/** A policy from earlier may offer exchanges; new ones cannot, nothing carries them out yet. */
export const OFFERED_OUTCOMES = ['original_payment', 'store_credit'] as const satisfies readonly Offered['outcome'][];
export const OUTCOMES = ['original_payment', 'store_credit', 'exchange'] as const satisfies readonly Offered['outcome'][];

/** Inside a sentence. */
export const METHOD_WORDS: Readonly<Record<Offered['method'], string>> = {
  label: 'with a label',
  drop_off: 'at a drop-off point',
  pickup: 'by pickup',
  own_shipping: 'by own shipping',
  in_store: 'in a store',
  keep: 'by keeping the item',
};
export const OUTCOME_WORDS: Readonly<Record<Offered['outcome'], string>> = {
  original_payment: 'the money back',
  store_credit: 'store credit',
  exchange: 'an exchange',
};
