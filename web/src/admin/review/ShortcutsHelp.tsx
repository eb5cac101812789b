import { Button, Group, Kbd, Paper, Stack, Switch, Text } from '@mantine/core';
import type { ReactElement } from 'react';

const KEYS = [
  ['j', 'next return'],
  ['k', 'previous return'],
  ['a', 'approve'],
  ['d', 'decline'],
  ['u', 'undo the approval'],
  ['?', 'show or hide this help'],
] as const;

type Props = {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
};

/** Which keys act on this page, and a switch for those whose tools send keys by themselves. */
export function ShortcutsHelp({ isOn, onChange, isOpen, onToggle }: Props): ReactElement {
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between">
        <Switch label="Keyboard shortcuts" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
        <Button variant="default" size="xs" aria-expanded={isOpen} onClick={onToggle}>
          Which keys
        </Button>
      </Group>
      {isOpen && (
        <Stack component="ul" gap={4} mt="xs" p={0} mb={0} aria-label="Keys" style={{ listStyle: 'none' }}>
          {KEYS.map(([key, does]) => (
            <li key={key}>
              <Kbd>{key}</Kbd> <Text span>{does}</Text>
            </li>
          ))}
        </Stack>
      )}
    </Paper>
  );
}
