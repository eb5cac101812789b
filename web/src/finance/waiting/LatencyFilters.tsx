import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type ReactElement, type ReactNode } from 'react';
import type { ChangeFilters } from '../../shared/page/useFilters';
import { sentence } from '../../shared/words/words';
import { useReading } from '../useReading';
import { STAGE_NAMES, STAGES, valueWords, type Stage } from '../words';
import { DIMENSIONS, FILTERS, readLatency, type Dimension, type Filters } from './latency';

type Props = { readonly filters: Filters; readonly onChange: ChangeFilters<keyof Filters>; readonly children?: ReactNode };

/** What narrows a latency page; all of it stands in the address. `children`: what the page itself asks. */
export function LatencyFilters({ filters, onChange, children }: Props): ReactElement {
  const [areMoreShown, more] = useDisclosure(DIMENSIONS.some((name) => filters[name] !== undefined));
  const isNarrowed = FILTERS.some((name) => filters[name] !== undefined);
  return (
    <Group align="flex-end" gap="sm" mb="lg" role="group" aria-label="Filters">
      {children}
      <DayField label="From (UTC)" value={filters.from} onChange={(from) => onChange({ from }, { replace: true })} />
      <DayField label="To (UTC)" value={filters.to} onChange={(to) => onChange({ to }, { replace: true })} />
      <Button variant="default" aria-expanded={areMoreShown} onClick={more.toggle}>
        {areMoreShown ? 'Fewer filters' : 'More filters'}
      </Button>
      {areMoreShown &&
        DIMENSIONS.map((dimension) => (
          <DimensionField
            key={dimension}
            dimension={dimension}
            value={filters[dimension]}
            onChange={(value) => onChange({ [dimension]: value })}
          />
        ))}
      {isNarrowed && (
        <Button variant="default" onClick={() => onChange(Object.fromEntries(FILTERS.map((name) => [name, ''])))}>
          Clear filters
        </Button>
      )}
    </Group>
  );
}

export const StageField = ({ value, onChange }: { readonly value: Stage; readonly onChange: (stage: string) => void }): ReactElement => (
  <NativeSelect
    label="Stage"
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
    data={STAGES.map((stage) => ({ value: stage, label: STAGE_NAMES[stage] }))}
  />
);

/** A year that is being typed begins as one of antiquity. */
const EARLIEST = '2000-01-01';

function DayField({
  label,
  value = '',
  onChange,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (day: string) => void;
}): ReactElement {
  const [draft, setDraft] = useState({ saved: value, text: value });
  if (draft.saved !== value) setDraft({ saved: value, text: value });
  return (
    <TextInput
      type="date"
      label={label}
      value={draft.text}
      onChange={({ currentTarget: { value: text } }) => {
        setDraft({ saved: value, text });
        if (text === '' || text >= EARLIEST) onChange(text);
      }}
    />
  );
}

/** The values are those the report knows, so nobody has to guess their spelling. */
function DimensionField({
  dimension,
  value,
  onChange,
}: {
  readonly dimension: Dimension;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const { data } = useReading(['latency-values', dimension], () => readLatency({}, dimension, 'total'));
  const known = data?.groups.map(({ key }) => key) ?? [];
  const values = value === undefined || known.includes(value) ? known : [value, ...known];
  return (
    <NativeSelect
      label={sentence(dimension)}
      maw={170}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[{ value: '', label: 'all' }, ...values.map((each) => ({ value: each, label: valueWords(dimension, each) }))]}
    />
  );
}
