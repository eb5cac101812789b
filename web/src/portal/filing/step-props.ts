import type { Returnable } from '../queries';
import type { Draft, LeafReason, Step } from './draft';

/** What every step gets. */
export type StepProps = {
  readonly orderId: string;
  readonly order: Returnable;
  readonly draft: Draft;
  readonly leaves: readonly LeafReason[];
  readonly change: (change: (draft: Draft) => Draft) => void;
  readonly go: (step: Step) => void;
};
