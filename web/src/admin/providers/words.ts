/** What is said of a provider, in words. Pure. */
import type { Schemas } from '../../shared/api/api';

type Provider = Pick<Schemas['ProviderAnswer'], 'kind' | 'state' | 'failure' | 'toldAt'>;

const DOES: Readonly<Record<Provider['kind'], string>> = {
  payments: 'Gives money back',
  labels: 'Makes labels',
  mail: 'Takes mail',
};

export const whatItDoes = (kind: Provider['kind']): string => DOES[kind];

/** What the state means, and what to do about it. */
export function stateWords({ state, failure }: Provider): string {
  switch (state) {
    case 'answers':
      return '';
    case 'fails':
      return failure ?? 'The last call was not answered.';
    case 'not_asked':
      return 'It is set up, and nothing has been asked of it yet.';
    case 'by_hand':
      return 'Finance pays these by hand and settles them.';
    case 'not_set_up':
      return 'Orders name it, and the service does not know it. Set it up, or send what waits another way.';
  }
}
