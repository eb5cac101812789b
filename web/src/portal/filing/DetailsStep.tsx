/** Step 3: why each item goes back, and what it is like. */
import { Button, Group, NativeSelect, Stack, Text, Textarea, Title } from '@mantine/core';
import { useRef, useState, type ReactElement } from 'react';
import { queryClient } from '../../shared/api/queries';
import { focusFirstFault } from '../faults';
import { useWords, type Say } from '../language';
import { Notice } from '../Notice';
import type { ReturnableLine } from '../queries';
import { Tile } from '../Tile';
import { CONDITIONS, missingIn, sameForAll, withLine, withReason, type DraftLine, type LeafReason } from './draft';
import { UPLOADS } from './photo-upload';
import { PhotoField } from './PhotoField';
import type { StepProps } from './step-props';
import { StepButtons } from './StepButtons';

export function DetailsStep(props: StepProps): ReactElement {
  const { order, draft, leaves, change, go } = props;
  const say = useWords();
  const [isChecked, setChecked] = useState(false);
  const [isWaiting, setWaiting] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const titles = new Map(order.lines.map((line) => [line.lineId, line]));
  const first = draft.lines[0];
  const hasReason = first !== undefined && first.reason !== null;
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        const isUploading = queryClient.isMutating({ mutationKey: UPLOADS }) > 0;
        setWaiting(isUploading);
        if (draft.lines.some((line) => missingIn(line, leaves) !== null)) focusFirstFault(form.current);
        else if (!isUploading) go('offers');
      }}
    >
      <Stack gap="lg">
        {draft.lines.map((line, index) => {
          const sold = titles.get(line.lineId);
          return sold === undefined ? null : (
            <section key={line.lineId} className="card" aria-labelledby={`line-${index}`}>
              <LineDetails {...props} line={line} sold={sold} headingId={`line-${index}`} isChecked={isChecked} />
              {index === 0 && draft.lines.length > 1 && hasReason && (
                <Button mt="md" variant="default" size="sm" onClick={() => change((before) => sameForAll(before, first))}>
                  {say('details.sameForAll')}
                </Button>
              )}
            </section>
          );
        })}
        {isWaiting && <Notice tone="warning">{say('details.waiting')}</Notice>}
      </Stack>
      <StepButtons onBack={() => go('items')} />
    </form>
  );
}

type LineProps = StepProps & {
  readonly line: DraftLine;
  readonly sold: ReturnableLine;
  readonly headingId: string;
  readonly isChecked: boolean;
};

function LineDetails({ orderId, leaves, change, line, sold: { title }, headingId, isChecked }: LineProps): ReactElement {
  const say = useWords();
  const missing = isChecked ? missingIn(line, leaves) : null;
  const needsNote = leaves.find((leaf) => leaf.code === line.reason)?.requiresNote === true;
  const { lineId } = line;
  return (
    <>
      <Group gap="sm" mb="md" wrap="nowrap">
        <Tile title={title} />
        <div>
          <Title order={2} size="h4" id={headingId}>
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {say('counters.authorised', { count: line.quantity })}
          </Text>
        </div>
      </Group>
      <Stack gap="md">
        <div className="pair">
          <NativeSelect
            label={say('details.reason')}
            size="md"
            required
            withAsterisk={false}
            data={reasonsFor(leaves, say)}
            value={line.reason ?? ''}
            onChange={(event) => {
              const { value } = event.currentTarget;
              change((before) => withReason(before, lineId, value === '' ? null : value));
            }}
            error={missing === 'reason' ? say('details.missingReason', { title }) : null}
          />
          <NativeSelect
            label={say('details.condition')}
            size="md"
            data={CONDITIONS.map((value) => ({ value, label: say(`conditions.${value}`) }))}
            value={line.condition}
            onChange={(event) => {
              const condition = CONDITIONS.find((each) => each === event.currentTarget.value);
              if (condition !== undefined) change((before) => withLine(before, lineId, { condition }));
            }}
          />
        </div>
        <Textarea
          label={say(needsNote ? 'details.note' : 'details.noteOptional')}
          description={say(needsNote ? 'details.notesHint' : 'details.noteHint')}
          size="md"
          rows={2}
          maxLength={2000}
          required={needsNote}
          withAsterisk={false}
          value={line.note}
          onChange={(event) => {
            const { value } = event.currentTarget;
            change((before) => withLine(before, lineId, { note: value }));
          }}
          error={missing === 'note' ? say('details.missingNote', { title }) : null}
        />
        <PhotoField orderId={orderId} line={line} title={title} change={change} />
      </Stack>
    </>
  );
}

type Option = { readonly value: string; readonly label: string };
type Group = { readonly group: string; readonly items: Option[] };

/** Reasons below another one are grouped under it. */
function reasonsFor(leaves: readonly LeafReason[], say: Say): (Option | Group)[] {
  const groups = [...new Set(leaves.map(({ under }) => under.join(' › ')))];
  return [
    { value: '', label: say('details.chooseReason') },
    ...groups.flatMap((group): readonly (Option | Group)[] => {
      const items = leaves.filter(({ under }) => under.join(' › ') === group).map(({ code, label }) => ({ value: code, label }));
      return group === '' ? items : [{ group, items }];
    }),
  ];
}
