import { Button, Paper, Text, TextInput, Title } from '@mantine/core';
import { useState, type ReactElement } from 'react';

/** Asked once per device: every scan says where it was made. */
export function StationName({ name, onName }: { readonly name: string; readonly onName: (name: string) => void }): ReactElement {
  const [text, setText] = useState(name);
  return (
    <Paper withBorder p="lg" maw={480} mx="auto" mt="xl">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') onName(text.trim());
        }}
      >
        <Title order={1} size="h2">
          Which desk is this?
        </Title>
        <Text my="sm">Every scan says where it was made. This device keeps the name.</Text>
        <TextInput
          label="Name of the station"
          description="For example dock-2. No names of people."
          required
          autoFocus
          maxLength={40}
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" mt="md" size="md">
          Start scanning
        </Button>
      </form>
    </Paper>
  );
}
