import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type ReactElement } from 'react';
import { newKey } from '../../shared/api/api';
import { Dialog } from '../../shared/page/Dialog';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { useStationName } from '../station/settings';

export type Said<Answer> = {
  readonly station: string;
  readonly answer: Answer;
  /** The Idempotency-Key: the same until something else is said. */ readonly key: string;
};
type Props<Answer> = {
  /** What the button says; `of` tells it from those of other entries. */
  readonly word: string;
  readonly of: string;
  /** What is asked before it is done. */
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  /** The answer before anything is said, and the fields that say another. Without fields it is done as it is asked. */
  readonly start: Answer;
  readonly fields?: (answer: Answer, say: (answer: Answer) => void) => ReactElement;
  /** Resolves when it is done and the list has been read again. @throws ApiProblem */
  readonly act: (said: Said<Answer>) => Promise<void>;
  readonly onDone: (answer: Answer) => void;
};

/** Something that a person does to an entry of a list, confirmed first. */
export function ActButton<Answer>({ word, of, onDone, ...asked }: Props<Answer>): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const onClose = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <Button ref={button} size="compact-md" variant="default" aria-label={`${word}: ${of}`} onClick={() => setOpen(true)}>
        {word}
      </Button>
      {isOpen && (
        <ActDialog
          {...asked}
          onClose={onClose}
          onDone={(answer) => {
            setOpen(false);
            onDone(answer);
          }}
        />
      )}
    </>
  );
}

function ActDialog<Answer>({
  title,
  text,
  confirm,
  start,
  fields,
  act,
  onClose,
  onDone,
}: Omit<Props<Answer>, 'word' | 'of'> & { readonly onClose: () => void }): ReactElement {
  const [name] = useStationName();
  const [said, setSaid] = useState<Said<Answer>>(() => ({ station: name, answer: start, key: newKey() }));
  const acting = useMutation({ mutationFn: act, onSuccess: (_, { answer }) => onDone(answer) });
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          acting.mutate({ ...said, station: said.station.trim() });
        }}
      >
        <Stack>
          <Text>{text}</Text>
          {fields?.(said.answer, (answer) => setSaid({ ...said, answer, key: newKey() }))}
          <TextInput
            label="Station"
            description="Where you are, for example dock-2. No names of people."
            required
            pattern=".*\S.*"
            maxLength={40}
            autoComplete="off"
            value={said.station}
            onChange={(event) => setSaid({ ...said, station: event.currentTarget.value, key: newKey() })}
          />
          <ProblemAlert error={acting.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" {...(fields === undefined ? { 'data-autofocus': true } : {})} loading={acting.isPending}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
