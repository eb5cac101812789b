/** What staff may do to a return as it stands. The service has the last word; here only what makes sense is offered. Pure. */

export type Action = 'approve' | 'decline' | 'review' | 'cancel' | 'close' | 'reopen' | 'label';

type Facts = {
  readonly status: string;
  readonly needsDecision: string | null;
  readonly method: string;
  readonly lines: readonly { readonly received: number; readonly missing: number; readonly awaiting: number }[];
  readonly refunds: readonly unknown[];
  readonly milestones: { readonly firstScanAt: string | null };
};

const WITH_LABEL: ReadonlySet<string> = new Set(['label', 'drop_off', 'pickup']);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Most likely first. */
export function actionsOf({ status, needsDecision, method, lines, refunds, milestones }: Facts): readonly Action[] {
  const isUnmoved = milestones.firstScanAt === null && refunds.length === 0 && sum(lines.map((line) => line.received)) === 0;
  // In review though its goods have come: whatever it is called, that is to be decided.
  if (needsDecision === 'review') return ['approve', 'decline', ...(isUnmoved ? (['cancel'] as const) : [])];
  switch (status) {
    case 'requested':
      return ['approve', 'decline', 'review', 'cancel'];
    case 'declined':
    case 'cancelled':
    case 'expired':
      return [];
    case 'closed':
      return ['reopen'];
    case 'refund_blocked':
      // What is owed cannot be closed over.
      return ['review'];
    default:
      return [
        ...(isUnmoved && WITH_LABEL.has(method) ? (['label'] as const) : []),
        'close',
        'review',
        ...(isUnmoved ? (['cancel'] as const) : []),
      ];
  }
}
