import { Alert, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, newKey, staffApi, type Schemas } from '../../shared/api/api';
import { ApiProblem } from '../../shared/api/problem';
import { Dialog } from '../../shared/page/Dialog';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { wordsFor, type Action, type Payout } from './actions';
import { send } from './commands';

type Props = {
  readonly action: Action;
  readonly ret: Schemas['ReturnAnswer'];
  readonly refund: Schemas['RefundAnswer'];
  readonly payout: Payout;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

const IDENTIFIER = /^[A-Za-z0-9#_][A-Za-z0-9._:/#@+~-]{0,99}$/;
const FIELD: Readonly<Record<Action, { readonly label: string; readonly help: string; readonly fault: (text: string) => string | null }>> =
  {
    retry: { label: 'Reason', help: 'Why it should work now, for colleagues who read the history.', fault: unlessGiven },
    settle: {
      label: 'Reference of the payment',
      help: "The bank's or provider's own, so that it can be found again, e.g. bank-2026-118.",
      fault: unlessIdentifier,
    },
    fail: { label: 'What went wrong', help: 'As a code, e.g. not_executed or account_closed.', fault: unlessIdentifier },
    reroute: { label: 'Reason', help: 'Why it cannot go the first way, for colleagues who read the history.', fault: unlessGiven },
  };

function unlessGiven(text: string): string | null {
  return text === '' ? 'Say why, in a few words.' : null;
}
function unlessIdentifier(text: string): string | null {
  return IDENTIFIER.test(text) ? null : 'Letters, digits and . _ : / # @ + ~ - without spaces.';
}

/** Asks once more before money moves or stops moving: what it does, what it risks, and why. */
export function ActionDialog({ action, ret, refund, payout, onClose, onDone }: Props): ReactElement {
  const words = wordsFor(action, payout, refund.currency);
  const field = FIELD[action];
  const [key] = useState(newKey);
  const [revision] = useState(ret.revision);
  const [text, setText] = useState('');
  const [way, setWay] = useState('bank_transfer');
  const [wasSent, setSent] = useState(false);
  const queries = useQueryClient();
  const sending = useMutation({
    mutationFn: (reason: string) =>
      send({ action, refundId: refund.refundId, paymentId: payout.paymentId, reason, ...wayOf(way) }, key, revision),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['finance'] });
      onDone();
    },
    onError: () => void queries.invalidateQueries({ queryKey: ['finance'] }),
  });
  const fault = field.fault(text.trim());
  return (
    <Dialog title={words.title} size="lg" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setSent(true);
          if (fault === null) sending.mutate(text.trim());
          else event.currentTarget.querySelector<HTMLInputElement>('input[name=reason]')?.focus();
        }}
      >
        <Stack>
          <Text>
            <Text span fw={600}>
              What it does:{' '}
            </Text>
            {words.does}
          </Text>
          <Alert variant="outline" color="#8a3c00" title="What it risks">
            {words.risks}
          </Alert>
          {action === 'reroute' && <WayField orderId={ret.orderId} refund={refund} value={way} onChange={setWay} />}
          <TextInput
            name="reason"
            label={field.label}
            description={field.help}
            required
            maxLength={200}
            data-autofocus
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={wasSent ? fault : null}
          />
          <Refusal error={sending.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={sending.isPending}>
              {words.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** A way as the list names it: a destination, or `payment:` and a payment of the order. */
function wayOf(way: string): { readonly destination: Schemas['RerouteRefundBody']['destination']; readonly toPaymentId: string | null } {
  if (way.startsWith('payment:')) return { destination: 'original_payment', toPaymentId: way.slice('payment:'.length) };
  return { destination: way === 'store_credit' ? 'store_credit' : 'bank_transfer', toPaymentId: null };
}

function WayField({
  orderId,
  refund,
  value,
  onChange,
}: {
  readonly orderId: string;
  readonly refund: Schemas['RefundAnswer'];
  readonly value: string;
  readonly onChange: (way: string) => void;
}): ReactElement {
  const order = useQuery({
    queryKey: ['order', orderId],
    queryFn: () => answerOf(staffApi.GET('/v1/orders/{orderId}', { params: { path: { orderId } } })),
  });
  const taken = new Set(refund.payouts.map(({ paymentId }) => paymentId));
  const payments = order.data?.payments.filter(({ paymentId }) => !taken.has(paymentId)) ?? [];
  return (
    <NativeSelect
      label="How the money shall reach the customer"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: 'bank_transfer', label: 'Bank transfer, by hand: pay it, then settle it' },
        { value: 'store_credit', label: 'Store credit' },
        ...payments.map(({ paymentId, method, provider }) => ({
          value: `payment:${paymentId}`,
          label: `Payment ${paymentId} of the order (${method}, ${provider})`,
        })),
      ]}
    />
  );
}

const HELP: Readonly<Record<string, string>> = {
  revision_mismatch:
    'Something happened to this order since you opened this. Close the dialog, look at it as it is now, and decide again. Nothing was done.',
  idempotency_conflict: 'The first attempt went through after all. Close the dialog to see what came of it.',
  offline: 'The service cannot be reached, so it is not known whether this was done. Try again: it will not be done twice.',
};

function Refusal({ error }: { readonly error: unknown }): ReactElement | null {
  const help = error instanceof ApiProblem ? HELP[error.code] : undefined;
  if (help === undefined) return <ProblemAlert error={error} />;
  return (
    <Alert role="alert" variant="outline" color="red.9" title="This was not confirmed">
      {help}
    </Alert>
  );
}
