import { Button, Group, Text, Title } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import type { Schemas } from '../../shared/api/api';
import { ActionDialog } from './ActionDialog';
import { ACTIONS, actionsFor, wordsFor, type Action, type Payout } from './actions';

type Props = {
  readonly ret: Schemas['ReturnAnswer'];
  readonly refund: Schemas['RefundAnswer'];
  readonly payout: Payout;
  readonly onDone: (action: Action) => void;
};

/** What can be done about a payout now, each behind a dialog that says what it means. */
export function PayoutActions({ ret, refund, payout, onDone }: Props): ReactElement {
  const [open, setOpen] = useState<Action>();
  const possible = actionsFor(payout);
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        What can be done
      </Title>
      {possible.length === 0 && (
        <Text>
          {payout.state === 'succeeded' ? 'Nothing needs to be done: the customer has the money.' : 'Nothing for now: it moves by itself.'}
        </Text>
      )}
      <Group>
        {ACTIONS.filter((action) => possible.includes(action)).map((action) => (
          <Button key={action} variant={action === possible[0] ? 'filled' : 'default'} onClick={() => setOpen(action)}>
            {wordsFor(action, payout, refund.currency).button}
          </Button>
        ))}
      </Group>
      {payout.state === 'in_doubt' && (
        <Text size="sm" c="dimmed" mt="xs">
          The service keeps asking the provider by itself. To send the money another way, record first that it failed.
        </Text>
      )}
      {open !== undefined && (
        <ActionDialog
          action={open}
          ret={ret}
          refund={refund}
          payout={payout}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            onDone(open);
            setOpen(undefined);
          }}
        />
      )}
    </section>
  );
}
