/** Sending a draft, so that it is filed once: its key goes with it however often it is sent. */
import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { answerOf, customerApi, type Schemas } from '../../shared/api/api';
import { ApiProblem, codeOf } from '../../shared/api/problem';
import { queryClient } from '../../shared/api/queries';
import { isRefusal } from '../problem-words';
import { bodyOf, forgetDraft, type Draft } from './draft';
import type { StepProps } from './step-props';

type FileReturnBody = Schemas['FileReturnBody'];
/** Where the page of a return learns that it has just been filed. */
export type FiledState = { readonly filed: 'now' | 'before' };
export type Sending = { readonly send: () => void; readonly isPending: boolean; readonly error: unknown };

/** @throws Error a line without a reason; the steps before do not let one through */
function fileableOf(draft: Draft): FileReturnBody {
  const { lines, ...rest } = bodyOf(draft);
  return {
    ...rest,
    lines: lines.map(({ reason, ...line }) => {
      if (reason === null || reason === undefined) throw new Error('A line has no reason');
      return { ...line, reason };
    }),
  };
}

const file = (orderId: string, draft: Draft) =>
  answerOf(
    customerApi.POST('/v1/orders/{orderId}/returns', {
      params: { path: { orderId }, header: { 'Idempotency-Key': draft.key } },
      body: fileableOf(draft),
    }),
  );

/** The newest return of the order: what an earlier sending of this draft, with other contents, has filed. */
async function newestOf(orderId: string): Promise<string | undefined> {
  const { returns } = await answerOf(customerApi.GET('/v1/orders/{orderId}/returnable', { params: { path: { orderId } } }));
  return returns.at(-1)?.returnId;
}

/**
 * Once it is filed the page of the return takes the place of this step, so that going back does not lead here. A
 * refusal makes the draft free to be changed; any other failure leaves it as it was sent.
 */
export function useSending({ orderId, draft, change }: Pick<StepProps, 'orderId' | 'draft' | 'change'>): Sending {
  const [, navigate] = useLocation();
  const open = (returnId: string, filed: FiledState['filed']): void => {
    forgetDraft(orderId);
    void queryClient.invalidateQueries({ queryKey: ['returnable', orderId] });
    navigate(`/r/${encodeURIComponent(returnId)}`, { replace: true, state: { filed } satisfies FiledState });
  };
  const sending = useMutation({
    mutationFn: (sent: Draft) => file(orderId, sent),
    onSuccess: ({ returnId }) => open(returnId, 'now'),
    onError: async (error, sent) => {
      if (codeOf(error) === 'idempotency_conflict') {
        const returnId = await newestOf(orderId);
        if (returnId !== undefined) return open(returnId, 'before');
      }
      // Signed out, or asked too often: whatever was sent before this still counts.
      if (isRefusal(error)) {
        change((before) => ({ ...before, isSent: false }));
        // What was read about the order is no longer so.
        void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === orderId });
      } else if (error instanceof ApiProblem && error.status >= 400 && error.status < 500)
        change((before) => ({ ...before, isSent: sent.isSent }));
      return undefined;
    },
  });
  const send = (): void => {
    change((before) => ({ ...before, isSent: true }));
    sending.mutate(draft);
  };
  return { send, isPending: sending.isPending, error: codeOf(sending.error) === 'idempotency_conflict' ? null : sending.error };
}
