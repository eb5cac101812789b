import { Button, Group, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { Dialog } from '../../shared/page/Dialog';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { helpful } from './decisions';

type Props = {
  readonly title: string;
  /** What will happen. */
  readonly text: string;
  readonly confirm: string;
  readonly isDangerous?: boolean;
  /** Codes to choose from, with what they say; none for free words alone. */
  readonly codes?: readonly { readonly value: string; readonly label: string }[];
  readonly reasonLabel: string;
  /** False where the decision takes no reason. */
  readonly hasReason?: boolean;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onConfirm: (reason: string, code: string | undefined) => void;
  readonly onClose: () => void;
};

/** Asks for the reason of a decision before it is taken. Mounted while it is open. */
export function ReasonDialog({
  title,
  text,
  confirm,
  isDangerous,
  codes,
  reasonLabel,
  hasReason = true,
  isBusy,
  error,
  onConfirm,
  onClose,
}: Props): ReactElement {
  const [reason, setReason] = useState('');
  const [code, setCode] = useState(codes?.[0]?.value);
  return (
    <Dialog onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm(reason, code);
        }}
      >
        <Stack>
          <ProblemAlert error={helpful(error)} />
          <Text>{text}</Text>
          {codes !== undefined && (
            <NativeSelect
              label="Reason"
              data={[...codes]}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              data-autofocus
            />
          )}
          {hasReason && (
            <Textarea
              label={reasonLabel}
              maxLength={1000}
              autosize
              minRows={2}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              data-autofocus={codes === undefined ? true : undefined}
            />
          )}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={isBusy} {...(isDangerous === true ? { color: 'red.9' } : {})}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
