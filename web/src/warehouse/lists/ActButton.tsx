import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type ReactElement } from 'react';
import { newKey } from '../../shared/api';
import { Dialog } from '../../shared/Dialog';
import { ProblemAlert } from '../../shared/ProblemAlert';
import { useStationName } from '../station/settings';

type Said = { readonly station: string; /** The Idempotency-Key: the same until something else is said. */ readonly key: string };
type Props = {
  /** What the button says; `of` tells it from those of other entries. */
  readonly word: string;
  readonly of: string;
  /** What is asked before it is done. */
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  /** Resolves when it is done and the list has been read again. @throws ApiProblem */
  readonly act: (said: Said) => Promise<void>;
  readonly onDone: () => void;
};

/** Something that a person does to an entry of a list, confirmed first. */
export function ActButton({ word, of, onDone, ...asked }: Props): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const onClose = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <Button ref={button} size="compact-md" variant="default" aria-label={`${word}: ${of}`} onClick={() => setOpen(true)}>{word}</Button>
      {isOpen && <ActDialog {...asked} onClose={onClose} onDone={() => { setOpen(false); onDone(); }} />}
    </>
  );
}

function ActDialog({ title, text, confirm, act, onClose, onDone }: Omit<Props, 'word' | 'of'> & { readonly onClose: () => void }): ReactElement {
  const [name] = useStationName();
  const [said, setSaid] = useState<Said>(() => ({ station: name, key: newKey() }));
  const acting = useMutation({ mutationFn: act, onSuccess: onDone });
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
          <TextInput label="Station" description="Where you are, for example dock-2. No names of people." required pattern=".*\S.*" maxLength={40} autoComplete="off" value={said.station} onChange={(event) => setSaid({ station: event.currentTarget.value, key: newKey() })} />
          <ProblemAlert error={acting.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit" data-autofocus loading={acting.isPending}>{confirm}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
