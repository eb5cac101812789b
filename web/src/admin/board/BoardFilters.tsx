import { Button, Chip, Fieldset, Group, NativeSelect, Pill, Stack, TextInput } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import type { Schemas } from '../../shared/api';
import { sentence } from '../../shared/words';
import { AGES, METHODS, OUTCOMES, STATUSES, type BoardFilter } from './boardAddress';

type Props = {
  readonly address: URLSearchParams;
  readonly filter: BoardFilter;
  readonly counts: readonly Schemas['StatusCountAnswer'][];
  readonly onChange: (name: string, value: string) => void;
  readonly onClear: () => void;
};

/** What is being written, until the address says something else. */
function useDraft(saved: string): [string, (text: string) => void] {
  const [draft, setDraft] = useState({ saved, text: saved });
  if (draft.saved !== saved) setDraft({ saved, text: saved });
  return [draft.text, (text) => setDraft({ saved, text })];
}
export function BoardFilters({ address, filter, counts, onChange, onClear }: Props): ReactElement {
  const [search, setSearch] = useDraft(filter.q ?? '');
  const [sku, setSku] = useDraft(filter.sku ?? '');
  const isFiltered = [...address.keys()].some((name) => name !== 'sort' && name !== 'cursor');
  return (
    <Stack gap="sm" role="search" aria-label="Returns">
      <Group align="end" gap="sm">
        <form onSubmit={(event) => {
          event.preventDefault();
          onChange('q', search.trim());
        }}>
          <Group align="end" gap="xs">
            <TextInput label="Return, order or order number" type="search" value={search} onChange={(event) => setSearch(event.currentTarget.value)} w={230} />
            <Button type="submit">Search</Button>
          </Group>
        </form>
        <form onSubmit={(event) => {
          event.preventDefault();
          onChange('sku', sku.trim());
        }}>
          <TextInput label="SKU" value={sku} onChange={(event) => setSku(event.currentTarget.value)} onBlur={() => sku.trim() !== (filter.sku ?? '') && onChange('sku', sku.trim())} w={140} />
        </form>
        <Choice label="Method" name="method" value={filter.method?.[0] ?? ''} options={METHODS} onChange={onChange} />
        <Choice label="Outcome" name="outcome" value={filter.outcome?.[0] ?? ''} options={OUTCOMES} onChange={onChange} />
        <NativeSelect
          label="Requested" w={190} value={address.get('olderThanDays') ?? ''} onChange={(event) => onChange('olderThanDays', event.currentTarget.value)}
          data={[{ value: '', label: 'At any time' }, ...AGES.map((days) => ({ value: String(days), label: `More than ${days} day${days === 1 ? '' : 's'} ago` }))]}
        />
        {isFiltered && <Button variant="subtle" onClick={onClear}>Clear all</Button>}
      </Group>
      {(['customer', 'orderId'] as const).map((name) => filter[name] !== undefined && (
        <div key={name}><Pill size="lg" withRemoveButton onRemove={() => onChange(name, '')} removeButtonProps={{ 'aria-label': 'Show all again', 'aria-hidden': false, tabIndex: 0 }}>{name === 'customer' ? 'One customer' : `Order ${filter[name]}`}</Pill></div>
      ))}
      <StatusChips chosen={filter.status ?? []} counts={counts} onChange={(status) => onChange('status', status.join(','))} />
    </Stack>
  );
}

type ChoiceProps = { readonly label: string; readonly name: string; readonly value: string; readonly options: readonly string[]; readonly onChange: Props['onChange'] };
const Choice = ({ label, name, value, options, onChange }: ChoiceProps): ReactElement => (
  <NativeSelect label={label} w={160} value={value} onChange={(event) => onChange(name, event.currentTarget.value)} data={[{ value: '', label: 'All' }, ...options.map((each) => ({ value: each, label: sentence(each) }))]} />
);

type ChipsProps = { readonly chosen: readonly string[]; readonly counts: Props['counts']; readonly onChange: (status: string[]) => void };

/** The statuses there are, with how many returns have them. */
function StatusChips({ chosen, counts, onChange }: ChipsProps): ReactElement {
  const numbers = new Map(counts.map(({ status, count }) => [status, count]));
  const shown = STATUSES.filter((status) => numbers.has(status) || chosen.includes(status));
  return (
    <Fieldset legend="Status" variant="unstyled">
      <Chip.Group multiple value={[...chosen]} onChange={onChange}>
        <Group gap={6} mt={4}>
          {shown.map((status) => <Chip key={status} value={status} variant="outline" size="sm">{`${sentence(status)} (${numbers.get(status) ?? 0})`}</Chip>)}
        </Group>
      </Chip.Group>
    </Fieldset>
  );
}
