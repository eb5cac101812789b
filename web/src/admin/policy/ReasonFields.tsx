import { ActionIcon, Button, Checkbox, Group, NativeSelect, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { useState, type ReactElement } from 'react';
import { sentence } from '../../shared/words/words';
import type { FieldsProps } from './fields-props';
import { FAULTS, type ReasonForm } from './policy-form';

const NEW_REASON: Omit<ReasonForm, 'id'> = {
  code: '',
  label: '',
  labelEn: '',
  labelDe: '',
  parent: '',
  fault: 'customer',
  requiresNote: false,
  isDeclined: false,
};

/** The reasons customers choose from, in their order. One below another is chosen in its place. */
export function ReasonFields({ form, onChange, faultAt }: FieldsProps): ReactElement {
  const { reasons } = form;
  const change = (id: number, part: Partial<ReasonForm>): void =>
    onChange(
      'reasons',
      reasons.map((each) => (each.id === id ? { ...each, ...part } : each)),
    );
  const rename = (id: number, before: string, code: string): void =>
    onChange(
      'reasons',
      reasons.map((each) =>
        each.id === id ? { ...each, code } : before !== '' && each.parent === before ? { ...each, parent: code } : each,
      ),
    );
  const move = (index: number, step: number): void => {
    const [moved, other] = [reasons[index], reasons[index + step]];
    if (moved !== undefined && other !== undefined)
      onChange(
        'reasons',
        reasons.map((each) => (each === moved ? other : each === other ? moved : each)),
      );
  };
  const add = (): void => {
    const id = Math.max(-1, ...reasons.map((each) => each.id)) + 1;
    onChange('reasons', [...reasons, { ...NEW_REASON, id }]);
  };
  const fault = faultAt('/reasons') ?? faultAt('/approval/declineReasons');
  return (
    <Stack gap="sm">
      {fault !== undefined && <Text c="red.9">{fault}</Text>}
      {reasons.map((reason, index) => (
        <ReasonRow
          key={reason.id}
          reason={reason}
          index={index}
          isLast={index === reasons.length - 1}
          codes={reasons.map(({ code }) => code).filter((code) => code !== '' && code !== reason.code)}
          faultAt={faultAt}
          onChange={(part) => (part.code === undefined ? change(reason.id, part) : rename(reason.id, reason.code, part.code))}
          onMove={(step) => move(index, step)}
          onRemove={() =>
            onChange(
              'reasons',
              reasons.filter((each) => each !== reason),
            )
          }
        />
      ))}
      <div>
        <Button variant="default" onClick={add}>
          Add a reason
        </Button>
      </div>
    </Stack>
  );
}

type RowProps = {
  readonly reason: ReasonForm;
  readonly index: number;
  readonly isLast: boolean;
  /** Of the other reasons. */
  readonly codes: readonly string[];
  readonly faultAt: FieldsProps['faultAt'];
  readonly onChange: (part: Partial<ReasonForm>) => void;
  readonly onMove: (step: number) => void;
  readonly onRemove: () => void;
};

/** `at the fault of the customer, needs a note` */
const traits = ({ fault, requiresNote, isDeclined, parent }: ReasonForm): string =>
  [
    `at the fault of the ${fault}`,
    ...(requiresNote ? ['needs a note'] : []),
    ...(isDeclined ? ['always declined'] : []),
    ...(parent === '' ? [] : [`below ${parent}`]),
  ].join(', ');

/** Folded to one line until it is opened; a new one, or one with a fault, is open. */
function ReasonRow({ reason, index, isLast, codes, faultAt, onChange, onMove, onRemove }: RowProps): ReactElement {
  const [isOpen, setOpen] = useState(reason.code === '');
  const name = reason.label === '' ? `reason ${index + 1}` : reason.label;
  const at = (field: string): string | undefined => faultAt(`/reasons/${index}/${field}`);
  const isWrong = ['label', 'labels/en', 'labels/de', 'code', 'fault', 'parent'].some((field) => at(field) !== undefined);
  return (
    <Paper withBorder p="xs" role="group" aria-label={`Reason ${index + 1}: ${name}`}>
      <details open={isOpen || isWrong} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="reason">
          <Text span fw={600}>
            {name}
          </Text>
          <Text span size="sm" c="dimmed">{` ${traits(reason)}`}</Text>
        </summary>
        <SimpleGrid mt="xs" cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput
            label="Label"
            description="What customers read"
            value={reason.label}
            error={at('label')}
            onChange={(event) => onChange({ label: event.currentTarget.value })}
          />
          <TextInput
            label="Code"
            description="What programs read"
            value={reason.code}
            error={at('code')}
            onChange={(event) => onChange({ code: event.currentTarget.value })}
          />
          <TextInput
            label="Label in English"
            description="Empty: the label"
            value={reason.labelEn}
            error={at('labels/en')}
            onChange={(event) => onChange({ labelEn: event.currentTarget.value })}
          />
          <TextInput
            label="Label in German"
            description="Empty: the label"
            value={reason.labelDe}
            error={at('labels/de')}
            onChange={(event) => onChange({ labelDe: event.currentTarget.value })}
          />
          <NativeSelect
            label="At whose fault"
            value={reason.fault}
            error={at('fault')}
            data={FAULTS.map((value) => ({ value, label: sentence(value) }))}
            onChange={(event) => onChange({ fault: FAULTS.find((fault) => fault === event.currentTarget.value) ?? reason.fault })}
          />
          <NativeSelect
            label="Below"
            value={reason.parent}
            error={at('parent')}
            data={[{ value: '', label: 'None' }, ...[...new Set([...codes, ...(reason.parent === '' ? [] : [reason.parent])])]]}
            onChange={(event) => onChange({ parent: event.currentTarget.value })}
          />
        </SimpleGrid>
        <Group mt="sm" justify="space-between">
          <Group>
            <Checkbox
              label="Needs a note"
              checked={reason.requiresNote}
              onChange={(event) => onChange({ requiresNote: event.currentTarget.checked })}
            />
            <Checkbox
              label="Always declined"
              checked={reason.isDeclined}
              onChange={(event) => onChange({ isDeclined: event.currentTarget.checked })}
            />
          </Group>
          <Group gap={4}>
            <ActionIcon variant="default" aria-label={`Move ${name} up`} disabled={index === 0} onClick={() => onMove(-1)}>
              <IconArrowUp size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={`Move ${name} down`} disabled={isLast} onClick={() => onMove(1)}>
              <IconArrowDown size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={`Remove ${name}`} onClick={onRemove}>
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        </Group>
      </details>
    </Paper>
  );
}
