/** Step 5: everything once more, and sending. */
import { Button, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { useWords } from '../language';
import { Notice, ProblemNotice } from '../Notice';
import { useQuote } from '../queries';
import { Tile } from '../Tile';
import { bodyOf, type DraftLine } from './draft';
import { MoneySummary } from './MoneySummary';
import { useSending } from './sending';
import type { StepProps } from './step-props';
import { StepButtons } from './StepButtons';

export function CheckStep(props: StepProps): ReactElement {
  const { orderId, order, draft, leaves, go } = props;
  const say = useWords();
  const sending = useSending(props);
  const quote = useQuote(orderId, draft.isSent ? null : bodyOf(draft));
  const titles = new Map(order.lines.map((line) => [line.lineId, line.title]));
  const reasons = new Map(leaves.map((leaf) => [leaf.code, leaf.label]));
  const isFree = !draft.isSent && !sending.isPending;
  return (
    <form
      noValidate
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        sending.send();
      }}
    >
      <ProblemNotice error={sending.error} />
      {draft.isSent && !sending.isPending && <Notice>{say('check.unsure')}</Notice>}
      <section className="card" aria-labelledby="check-items">
        <div className="card-head">
          <Title order={2} size="h4" id="check-items">
            {say('check.items')}
          </Title>
          {isFree && (
            <Button variant="subtle" size="compact-sm" onClick={() => go('items')}>
              {say('check.changeItems')}
            </Button>
          )}
          {isFree && (
            <Button variant="subtle" size="compact-sm" onClick={() => go('details')}>
              {say('check.changeDetails')}
            </Button>
          )}
        </div>
        <ul className="checked">
          {draft.lines.map((line) => (
            <CheckedLine
              key={line.lineId}
              line={line}
              title={titles.get(line.lineId) ?? line.lineId}
              reason={reasons.get(line.reason ?? '') ?? ''}
            />
          ))}
        </ul>
      </section>
      <section className="card" aria-labelledby="check-offers">
        <div className="card-head">
          <Title order={2} size="h4" id="check-offers">
            {say('titles.offers')}
          </Title>
          {isFree && (
            <Button variant="subtle" size="compact-sm" onClick={() => go('offers')}>
              {say('check.changeOffers')}
            </Button>
          )}
        </div>
        <dl className="facts">
          <div>
            <dt>{say('check.outcome')}</dt>
            <dd>{say(`outcomes.${draft.outcome ?? 'original_payment'}`)}</dd>
          </div>
          <div>
            <dt>{say('check.method')}</dt>
            <dd>{say(`methods.${draft.method ?? 'label'}`)}</dd>
          </div>
        </dl>
      </section>
      {!draft.isSent && <ProblemNotice error={quote.error} onRetry={() => void quote.refetch()} />}
      {(quote.data !== undefined || !draft.isSent) && <MoneySummary quote={quote.data} isOld={quote.isPlaceholderData} titles={titles} />}
      <StepButtons
        {...(isFree ? { onBack: () => go('offers') } : {})}
        next={say(sending.isPending ? 'check.sending' : 'check.send')}
        isBusy={sending.isPending}
      />
    </form>
  );
}

function CheckedLine({ line, title, reason }: { readonly line: DraftLine; readonly title: string; readonly reason: string }): ReactElement {
  const say = useWords();
  return (
    <li>
      <Tile title={title} />
      <div>
        <Text fw={600}>
          {line.quantity} × {title}
        </Text>
        <Text size="sm">
          {say('check.reason')}: {reason} · {say('check.condition')}: {say(`conditions.${line.condition}`)}
        </Text>
        {line.note.trim() !== '' && (
          <Text size="sm" className="note">
            {say('check.note')}: {line.note}
          </Text>
        )}
        {line.photos.length > 0 && <Text size="sm">{say('check.photos', { count: line.photos.length })}</Text>}
      </div>
    </li>
  );
}
