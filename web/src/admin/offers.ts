/** What shops may offer, in the order it is shown. */
import type { Schemas } from '../shared/api';

type Offered = Pick<Schemas['BoardRowAnswer'], 'method' | 'outcome'>;

export const METHODS = ['label', 'drop_off', 'pickup', 'own_shipping', 'in_store', 'keep'] as const satisfies readonly Offered['method'][];
export const OUTCOMES = ['original_payment', 'store_credit', 'exchange'] as const satisfies readonly Offered['outcome'][];
