import { Button, Group, Menu } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { newKey } from '../../shared/api/api';
import { plain } from '../../shared/words/words';
import { actionsOf, type Action } from './actions';
import { decide, type SeenReturn } from './decisions';
import { DECLINE_CODES } from './decline-codes';
import { payAtOnceWords } from './pay-at-once';
import { ReasonDialog } from './ReasonDialog';

type Wording = { readonly button: string; readonly text: string; readonly reason: string; readonly isDangerous?: boolean };
const WORDS: Readonly<Record<Action, Wording>> = {
  approve: {
    button: 'Approve',
    text: 'The customer can send or bring the items now; a label or code for it is ordered where that was chosen.',
    reason: '',
  },
  decline: {
    button: 'Decline',
    text: 'The items can be returned anew. The customer reads the reason. This cannot be undone.',
    reason: 'Words for the customer',
    isDangerous: true,
  },
  review: { button: 'Send to review', text: 'It goes to the review queue until somebody decides.', reason: 'Why, for colleagues' },
  cancel: {
    button: 'Cancel',
    text: 'Its label is voided and its items can be returned anew. This cannot be undone.',
    reason: 'Why',
    isDangerous: true,
  },
  close: { button: 'Close', text: 'Nothing more is awaited. You can open it again later.', reason: 'Why' },
  reopen: { button: 'Open again', text: 'What did not come is awaited again.', reason: 'Why' },
  label: { button: 'New label', text: 'Another label is ordered from the carrier. Those issued before stay valid.', reason: '' },
};

type Wish = { readonly action: Action; readonly key: string; readonly etag: string };

/** What staff may do now. Every decision is confirmed, and refused when the return has changed meanwhile. */
export function ReturnActions({ seen }: { readonly seen: SeenReturn }): ReactElement | null {
  const { ret } = seen;
  const [wish, setWish] = useState<Wish | null>(null);
  const [done, setDone] = useState('');
  const queries = useQueryClient();
  const deciding = useMutation({
    mutationFn: decide,
    onSuccess: (_, { action }) => {
      setWish(null);
      setDone(`Done: ${plain(WORDS[action].button)}.`);
    },
    // Refused or not, what is shown may be old.
    onSettled: () => queries.invalidateQueries({ queryKey: ['return', ret.returnId] }),
  });
  const begin = (action: Action): void => {
    deciding.reset();
    setWish({ action, key: newKey(), etag: seen.etag });
  };
  const [first, second, ...others] = actionsOf(ret);
  const paid = wish?.action === 'approve' ? payAtOnceWords(ret) : null;
  return (
    <>
      <Group gap="xs">
        {first !== undefined && (
          <Button variant={first === 'approve' ? 'filled' : 'default'} onClick={() => begin(first)}>
            {WORDS[first].button}
          </Button>
        )}
        {second !== undefined && (
          <Button variant="default" onClick={() => begin(second)}>
            {WORDS[second].button}
          </Button>
        )}
        {others.length > 0 && (
          <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
            <Menu.Target>
              <Button variant="default">More</Button>
            </Menu.Target>
            <Menu.Dropdown>
              {others.map((action) => (
                <Menu.Item key={action} onClick={() => begin(action)}>
                  {WORDS[action].button}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      <span role="status" className="visually-hidden">
        {done}
      </span>
      {wish !== null && (
        <ReasonDialog
          title={`${WORDS[wish.action].button}: ${ret.returnId}`}
          text={paid ?? WORDS[wish.action].text}
          confirm={paid === null ? WORDS[wish.action].button : 'Approve and pay'}
          reasonLabel={WORDS[wish.action].reason}
          isDangerous={WORDS[wish.action].isDangerous ?? false}
          {...(wish.action === 'decline' ? { codes: DECLINE_CODES } : {})}
          hasReason={wish.action !== 'approve' && wish.action !== 'label'}
          isBusy={deciding.isPending}
          error={deciding.error}
          onClose={() => setWish(null)}
          onConfirm={(reason, code) =>
            deciding.mutate({ ...wish, returnId: ret.returnId, reason, ...(code === undefined ? {} : { code }) })
          }
        />
      )}
    </>
  );
}
