import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, newKey, staffApi, type Schemas } from '../api/api';
import { ApiProblem } from '../api/problem';
import { Dialog } from '../page/Dialog';
import { ProblemAlert } from '../page/ProblemAlert';
import { money } from '../words/money';
import { dateTime } from '../words/times';

type Props = {
  readonly ret: Schemas['ReturnAnswer'];
  /** Revision of the order that was looked at. */
  readonly etag: string;
  readonly onDone: () => void;
  /** It must not have been decided, as when something newer is known: what to press is not offered. */
  readonly isDisabled?: boolean;
};

/** Money that the goods have earned and the payments cannot bear: how much and why, and the two ways on. Nothing where there is none. */
export function HeldBack({ ret, etag, onDone, isDisabled = false }: Props): ReactElement | null {
  const [isOpen, setOpen] = useState(false);
  const { blockedMinor, blockedWords, blockedSince, payableTodayMinor, currency } = ret.money;
  if (ret.needsDecision !== 'blocked') return null;
  const [held, payable] = [money(blockedMinor, currency), money(payableTodayMinor, currency)];
  return (
    <Alert variant="outline" color="#8a3c00" title={`${held} is owed and cannot be paid yet`}>
      <Stack gap="xs">
        <Text>{`Because ${blockedWords ?? ''}${blockedSince === null ? '' : `, since ${dateTime(blockedSince)}`}. Of it ${payable} could be paid today.`}</Text>
        <Text>Wait, and it is paid by itself once the payments bear all of it; or pay what can be paid and give up the rest.</Text>
        <div>
          <Button variant="default" disabled={isDisabled} onClick={() => setOpen(true)}>
            {payableTodayMinor === 0 ? `Give up ${held}` : `Approve ${payable}`}
          </Button>
        </div>
      </Stack>
      {isOpen && <CappedDialog ret={ret} etag={etag} onClose={() => setOpen(false)} onDone={onDone} />}
    </Alert>
  );
}

function CappedDialog({ ret, etag, onClose, onDone }: Omit<Props, 'isDisabled'> & { readonly onClose: () => void }): ReactElement {
  const { blockedMinor, payableTodayMinor, currency } = ret.money;
  const [key] = useState(newKey);
  const [reason, setReason] = useState('');
  const [wasSent, setSent] = useState(false);
  const sending = useMutation({
    mutationFn: () =>
      answerOf(
        staffApi.POST('/v1/returns/{returnId}/refunds/capped', {
          params: { path: { returnId: ret.returnId }, header: { 'Idempotency-Key': key, 'If-Match': etag } },
          body: { amountMinor: payableTodayMinor, reason: reason.trim() },
        }),
      ),
    onSuccess: onDone,
  });
  const fault = reason.trim() === '' ? 'Say why, in a few words.' : null;
  const payable = money(payableTodayMinor, currency);
  const lost = money(blockedMinor - payableTodayMinor, currency);
  return (
    <Dialog
      title={payableTodayMinor === 0 ? `Pay nothing for ${ret.returnId}?` : `Pay ${payable} for ${ret.returnId}?`}
      size="lg"
      onClose={onClose}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setSent(true);
          if (fault === null && !sending.isPending) sending.mutate();
        }}
      >
        <Stack>
          <Text>{`${payableTodayMinor === 0 ? 'Nothing is paid' : `${payable} is paid now`}, and ${lost} is given up for good: it is not paid later, whatever is captured or won back. This cannot be undone.`}</Text>
          <TextInput
            label="Why the rest is given up"
            description="For colleagues who read the history."
            required
            maxLength={200}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={wasSent ? fault : null}
          />
          <Refusal error={sending.error} />
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Wait
            </Button>
            <Button type="submit" color="red.9" loading={sending.isPending}>
              {payableTodayMinor === 0 ? `Give up ${lost}` : `Pay ${payable}, give up ${lost}`}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Refusal({ error }: { readonly error: unknown }): ReactElement | null {
  if (!(error instanceof ApiProblem) || error.code !== 'revision_mismatch') return <ProblemAlert error={error} />;
  return (
    <Alert role="alert" variant="outline" color="red.9" title="It has changed">
      Something happened to this order since you looked at it. Nothing was done. Close this, look at the return as it is now, and decide
      again.
    </Alert>
  );
}
