import { Button, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import type { ScanEntry } from './model';

/** More than a clerk looks back; older ones stay in the return's history. */
const SHOWN = 30;
const OUTCOMES = {
  accepted: 'counted',
  other_return: 'counted there',
  surplus: 'too many, set aside',
  not_in_return: 'set aside',
} as const;
const STATES = { waiting: 'being sent', recorded: 'recorded', refused: 'refused' } as const;
const time = (iso: string): string => new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' }).format(new Date(iso));

/** The scans of the open parcel, the latest first, each of which can be undone. */
export function ScanList({
  scans,
  onUndo,
}: {
  readonly scans: readonly ScanEntry[];
  readonly onUndo: (scanId: string) => void;
}): ReactElement {
  return (
    <section className="station-card" aria-labelledby="scans">
      <Title order={2} size="h4" id="scans">
        Scans of this parcel
      </Title>
      {scans.length === 0 && <Text size="sm">None yet at this station.</Text>}
      <ul className="station-scans">
        {scans.slice(0, SHOWN).map(({ scanId, at, title, outcome, state, isUndone }) => (
          <li key={scanId} data-undone={isUndone}>
            <span>
              <span className="station-what">{title}</span>
              <Text
                size="sm"
                component="span"
                display="block"
              >{`${time(at)} · ${isUndone ? 'undone' : OUTCOMES[outcome]} · ${STATES[state]}`}</Text>
            </span>
            {!isUndone && state !== 'refused' && (
              <Button size="compact-md" variant="default" onClick={() => onUndo(scanId)} aria-label={`Undo ${title}, ${time(at)}`}>
                Undo
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
