import { Button, Group, TextInput } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { instantIn } from '../../shared/page/address';

/** Asks for an instant in the reader's own time. `value`: ISO 8601 UTC, undefined = now. */
export function AsOfPicker({
  value,
  onChange,
}: {
  readonly value: string | undefined;
  readonly onChange: (asOf: string | undefined) => void;
}): ReactElement {
  return <Picker key={value ?? ''} value={value} onChange={onChange} />;
}

function Picker({
  value,
  onChange,
}: {
  readonly value: string | undefined;
  readonly onChange: (asOf: string | undefined) => void;
}): ReactElement {
  const [text, setText] = useState(value === undefined ? '' : localText(value));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(instantIn(text));
      }}
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          type="datetime-local"
          step={1}
          max="9999-12-31T23:59:59"
          label="As of"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          Show
        </Button>
        {value !== undefined && <Button onClick={() => onChange(undefined)}>Back to now</Button>}
      </Group>
    </form>
  );
}

/** An instant as a field for local time takes it, to the second. */
function localText(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
