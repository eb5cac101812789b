import { Alert, Anchor, Button, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../shared/api/api';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { HeldBack } from '../../shared/return/HeldBack';
import { ReturnPhotos } from '../../shared/return/ReturnPhotos';
import { money } from '../../shared/words/money';
import { duration } from '../../shared/words/times';
import { plain, sentence } from '../../shared/words/words';
import { METHOD_WORDS, OUTCOME_WORDS } from '../offers';
import { addressOfReturn } from '../return/address-of-return';
import { helpful, isInDoubt, type SeenReturn } from '../return/decisions';
import { DECLINE_CODES } from '../return/decline-codes';
import { payAtOnceWords } from '../return/pay-at-once';
import { ReasonDialog } from '../return/ReasonDialog';
import { ShortcutsHelp } from './ShortcutsHelp';
import { useDecision, type Decided } from './useDecision';
import { useShortcuts, useShortcutsSetting } from './useShortcuts';

type Props = {
  readonly row: Schemas['BoardRowAnswer'];
  /** How many events of its order have come since the page was opened. */
  readonly news: number;
  /** It came up because of what the person did: readers go on at its heading. */
  readonly hasFocus: boolean;
  readonly onDecided: (decision: Decided) => void;
  readonly onMove: (step: number) => void;
};

/** One return to decide on. Mounted anew for every return; what is shown stays until the person asks for the present state. */
export function Candidate({ row, news, hasFocus, onDecided, onMove }: Props): ReactElement {
  const { returnId } = row;
  const { seen, readError, readAgain, isReady, isBusy, error, isStale, hasNews, send, lookAgain } = useDecision(returnId, news, onDecided);
  const [dialog, setDialog] = useState<'decline' | 'pay' | null>(null);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [areShortcutsOn, setShortcutsOn] = useShortcutsSetting();
  const showPresent = (): void => {
    setDialog(null);
    lookAgain();
  };
  const approve = (): void => (isReady && seen !== undefined && payAtOnceWords(seen.ret) !== null ? setDialog('pay') : send('approve'));
  const decline = (): void => {
    if (isReady) setDialog('decline');
  };
  useShortcuts(
    { j: () => onMove(1), k: () => onMove(-1), a: approve, d: decline, '?': () => setHelpOpen(!isHelpOpen) },
    areShortcutsOn && dialog === null,
  );
  return (
    <Stack>
      <Paper withBorder p="md">
        <Stack>
          <Heading returnId={returnId} hasFocus={hasFocus} />
          {hasNews && <News onShow={showPresent} />}
          {dialog === null && (
            <ProblemAlert
              error={helpful(error)}
              title={isStale ? 'It has changed' : isInDoubt(error) ? 'This was not confirmed' : 'Nothing was decided'}
            />
          )}
          {isStale && dialog === null && (
            <div>
              <Button onClick={showPresent}>Show it as it is now</Button>
            </div>
          )}
          <ProblemAlert error={readError} onRetry={readAgain} />
          {seen === undefined ? (
            readError === null && <Loader role="status" aria-label="Loading the return" />
          ) : (
            <Case seen={seen} row={row} />
          )}
          {seen !== undefined && (
            <HeldBack
              ret={seen.ret}
              etag={seen.etag}
              isDisabled={hasNews}
              onDone={() => onDecided({ returnId, verdict: 'settled', canUndo: false })}
            />
          )}
          {seen?.ret.needsDecision !== 'blocked' && (
            <Group>
              <Button loading={isBusy} disabled={!isReady} onClick={approve} aria-keyshortcuts={areShortcutsOn ? 'a' : undefined}>
                Approve
              </Button>
              <Button variant="default" disabled={!isReady} onClick={decline} aria-keyshortcuts={areShortcutsOn ? 'd' : undefined}>
                Decline
              </Button>
            </Group>
          )}
        </Stack>
      </Paper>
      <ShortcutsHelp isOn={areShortcutsOn} onChange={setShortcutsOn} isOpen={isHelpOpen} onToggle={() => setHelpOpen(!isHelpOpen)} />
      {dialog !== null && seen !== undefined && (
        <Confirmation kind={dialog} ret={seen.ret} isBusy={isBusy} error={error} onSend={send} onClose={() => setDialog(null)} />
      )}
    </Stack>
  );
}

type ConfirmationProps = Pick<ReturnType<typeof useDecision>, 'isBusy' | 'error'> & {
  readonly kind: 'decline' | 'pay';
  readonly ret: SeenReturn['ret'];
  readonly onSend: ReturnType<typeof useDecision>['send'];
  readonly onClose: () => void;
};

/** What cannot be undone is asked about once more. */
function Confirmation({ kind, ret, isBusy, error, onSend, onClose }: ConfirmationProps): ReactElement {
  const { returnId } = ret;
  return kind === 'decline' ? (
    <ReasonDialog
      title={`Decline ${returnId}`}
      text="The items can be returned anew. The customer reads the reason. This cannot be undone."
      confirm="Decline"
      isDangerous
      codes={DECLINE_CODES}
      reasonLabel="Words for the customer"
      isBusy={isBusy}
      error={error}
      onClose={onClose}
      onConfirm={(reason, code) => onSend('decline', { reason, ...(code === undefined ? {} : { code }) })}
    />
  ) : (
    <ReasonDialog
      title={`Approve ${returnId}`}
      text={payAtOnceWords(ret) ?? ''}
      confirm="Approve and pay"
      hasReason={false}
      reasonLabel=""
      isBusy={isBusy}
      error={error}
      onClose={onClose}
      onConfirm={() => onSend('approve')}
    />
  );
}

function Heading({ returnId, hasFocus }: { readonly returnId: string; readonly hasFocus: boolean }): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasFocus) heading.current?.focus();
  }, [hasFocus]);
  return (
    <Group justify="space-between">
      <Title order={2} size="h3" ref={heading} tabIndex={-1}>
        {returnId}
      </Title>
      <Anchor component={Link} href={addressOfReturn(returnId)} underline="always">
        Whole history
      </Anchor>
    </Group>
  );
}

const News = ({ onShow }: { readonly onShow: () => void }): ReactElement => (
  <Alert variant="outline" color="blue.8" role="status" title="Something has happened to this return or its order">
    <Button size="xs" variant="default" onClick={onShow}>
      Show it as it is now
    </Button>
  </Alert>
);

/** What a person needs to decide: why it is here, the money, and the customer's words and pictures. */
function Case({ seen: { ret }, row }: { readonly seen: SeenReturn; readonly row: Props['row'] }): ReactElement {
  return (
    <>
      <div>
        <Text size="sm" c="dimmed">
          Why it is here
        </Text>
        {ret.needsDecision !== 'blocked' &&
          ret.reviewReasons.map(({ code, words }) => (
            <Text key={code + words} fw={600}>
              {words}
            </Text>
          ))}
        {ret.needsDecision === 'blocked' && <Text fw={600}>Its goods have earned more than the payments can give back.</Text>}
        {ret.needsDecision === null && <Text fw={600}>{`It is ${plain(ret.status)} now and waits for nobody.`}</Text>}
      </div>
      <Group gap="xl">
        <div>
          <Text size="sm" c="dimmed">
            At stake
          </Text>
          <Text size="xl" fw={700}>
            {money(ret.needsDecision === 'blocked' ? ret.money.blockedMinor : ret.money.quotedMinor, ret.money.currency)}
          </Text>
        </div>
        <div>
          <Text size="sm" c="dimmed">
            Waiting
          </Text>
          <Text size="xl" fw={700}>
            {duration(row.ageSeconds)}
          </Text>
        </div>
        <div>
          <Text size="sm" c="dimmed">
            Wanted
          </Text>
          <Text>{`${sentence(OUTCOME_WORDS[ret.outcome])}, ${METHOD_WORDS[ret.method]}`}</Text>
        </div>
      </Group>
      <Stack gap="xs">
        {ret.lines.map((line) => (
          <div key={line.lineId}>
            <Text fw={600}>{`${line.authorised} × ${line.title}`}</Text>
            <Text size="sm">{`${plain(line.reason)}, ${plain(line.condition)}`}</Text>
            {line.note !== null && (
              <Text component="blockquote" m={0} mt={4} pl="sm" style={{ borderLeft: '3px solid #0b5d57', whiteSpace: 'pre-wrap' }}>
                {line.note}
              </Text>
            )}
          </div>
        ))}
      </Stack>
      <ReturnPhotos returnId={ret.returnId} without="The customer sent no photos." />
      <Text size="sm">
        <Anchor component={Link} href={`/admin?customer=${encodeURIComponent(row.customer)}`} underline="always">
          All returns of this customer
        </Anchor>
        {`, order ${row.orderNumber}`}
      </Text>
    </>
  );
}
