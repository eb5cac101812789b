/** What approving means where the customer keeps the goods. */
import type { Schemas } from '../../shared/api/api';
import { money } from '../../shared/words/money';

type Facts = Pick<Schemas['ReturnAnswer'], 'method'> & {
  readonly money: Pick<Schemas['ReturnMoneyAnswer'], 'quotedMinor' | 'entitledMinor' | 'currency'>;
};

/** Says how much an approval pays at once; null where something has to come back first. */
export function payAtOnceWords({ method, money: { quotedMinor, entitledMinor, currency } }: Facts): string | null {
  if (method !== 'keep') return null;
  const quoted = money(quotedMinor, currency);
  // It was approved before, or finance has refunded some of it by hand.
  const sum = entitledMinor === 0 ? quoted : `what is left of ${quoted} (${money(entitledMinor, currency)} of it is owed or paid already)`;
  return `Nothing has to come back: ${sum} is paid at once. That cannot be undone.`;
}
