import { Alert, TextInput } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { checked } from './scanner-check';

/** A field for the test code, and what came of it. */
export function ScannerCheck(): ReactElement {
  const [typed, setTyped] = useState('');
  const verdict = typed.trim() === '' ? undefined : checked(typed);
  return (
    <div className="not-printed codes-check">
      <TextInput
        label="Scan the test code here"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        // The next scan begins anew, whatever came before.
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.select();
        }}
        autoComplete="off"
        spellCheck={false}
      />
      <div role="status" aria-live="polite">
        {verdict !== undefined && (
          <Alert color={verdict.isRight ? 'dark' : 'red.9'} variant="outline" mt="sm" title={verdict.title}>
            {verdict.text}
          </Alert>
        )}
      </div>
    </div>
  );
}
