import { Text } from '@mantine/core';
import { useEffect, useRef, type ReactElement } from 'react';

/** Says what was done last on a list; the keyboard goes on from there, since the button may have gone with its entry. */
export function DoneNote({ text }: { readonly text: string }): ReactElement {
  const note = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (text !== '') note.current?.focus();
  }, [text]);
  return (
    <Text ref={note} role="status" tabIndex={-1} fw={600} mt="xs">
      {text}
    </Text>
  );
}
