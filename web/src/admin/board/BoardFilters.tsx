import { Button, Chip, Fieldset, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { useState, type ReactElement } from 'react';
import type { Schemas } from '../../shared/api/api';
import { count, sentence } from '../../shared/words/words';
import { METHODS, OUTCOMES } from '../offers';
import { AGES, STATUSES, type BoardFilter } from './board-address';

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

/** Search, filters and statuses. On a narrow screen the filters open when asked for. */
export function BoardFilters({ address, filter, counts, onChange, onClear }: Props): ReactElement {
  const isWide = useMediaQuery('(min-width: 48em)', true, { getInitialValueInEffect: false });
  const [isOpen, { toggle }] = useDisclosure();
  const isFiltered = [...address.keys()].some((name) => name !== 'sort' && name !== 'cursor');
  return (
    <Stack gap="sm" role="search" aria-label="Returns">
      <Group align="end" gap="xs">
        <Search label="Return, order or tracking number" width={230} saved={filter.q ?? ''} onSearch={(text) => onChange('q', text)} />
        {!isWide && (
          <Button variant="default" aria-expanded={isOpen} onClick={toggle}>
            Filters
          </Button>
        )}
        {(isWide || isOpen) && <Filters address={address} filter={filter} onChange={onChange} />}
        {isFiltered && (
          <Button variant="subtle" onClick={onClear}>
            Clear all
          </Button>
        )}
      </Group>
      {(['customer', 'orderId'] as const).map(
        (name) =>
          filter[name] !== undefined && (
            <Group key={name} gap="xs">
              <Text>{name === 'customer' ? 'Returns of one customer' : `Returns of order ${filter[name]}`}</Text>
              <Button size="compact-sm" variant="default" onClick={() => onChange(name, '')}>
                Show all
              </Button>
            </Group>
          ),
      )}
      <StatusChips chosen={filter.status ?? []} counts={counts} onChange={(status) => onChange('status', status.join(','))} />
    </Stack>
  );
}

type SearchProps = { readonly label: string; readonly width: number; readonly saved: string; readonly onSearch: (text: string) => void };
function Search({ label, width, saved, onSearch }: SearchProps): ReactElement {
  const [text, setText] = useDraft(saved);
  return (
    <form
      style={{ maxWidth: '100%' }}
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(text.trim());
      }}
    >
      <Group align="end" gap="xs" wrap="nowrap">
        <TextInput label={label} type="search" value={text} onChange={(event) => setText(event.currentTarget.value)} w={width} miw={0} />
        <Button type="submit" style={{ flexShrink: 0 }}>
          Search
        </Button>
      </Group>
    </form>
  );
}

function Filters({ address, filter, onChange }: Pick<Props, 'address' | 'filter' | 'onChange'>): ReactElement {
  const [sku, setSku] = useDraft(filter.sku ?? '');
  const apply = (): void => {
    if (sku.trim() !== (filter.sku ?? '')) onChange('sku', sku.trim());
  };
  return (
    <>
      <TextInput
        label="SKU"
        value={sku}
        w={120}
        onChange={(event) => setSku(event.currentTarget.value)}
        onBlur={apply}
        onKeyDown={({ key }) => key === 'Enter' && apply()}
      />
      <Choice label="Method" name="method" value={filter.method?.[0] ?? ''} options={METHODS} onChange={onChange} />
      <Choice label="Outcome" name="outcome" value={filter.outcome?.[0] ?? ''} options={OUTCOMES} onChange={onChange} />
      <NativeSelect
        label="Requested"
        w={185}
        value={address.get('olderThanDays') ?? ''}
        onChange={(event) => onChange('olderThanDays', event.currentTarget.value)}
        data={[
          { value: '', label: 'At any time' },
          ...AGES.map((days) => ({ value: String(days), label: `More than ${count(days, 'day')} ago` })),
        ]}
      />
    </>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChange: Props['onChange'];
};
const Choice = ({ label, name, value, options, onChange }: ChoiceProps): ReactElement => (
  <NativeSelect
    label={label}
    w={145}
    value={value}
    onChange={(event) => onChange(name, event.currentTarget.value)}
    data={[{ value: '', label: 'All' }, ...options.map((each) => ({ value: each, label: sentence(each) }))]}
  />
);

type ChipsProps = { readonly chosen: readonly string[]; readonly counts: Props['counts']; readonly onChange: (status: string[]) => void };

/** The statuses there are, with how many returns have them. */
function StatusChips({ chosen, counts, onChange }: ChipsProps): ReactElement {
  const numbers = new Map(counts.map((each) => [each.status, each.count]));
  const shown = STATUSES.filter((status) => numbers.has(status) || chosen.includes(status));
  return (
    <Fieldset legend="Status" variant="unstyled">
      <Chip.Group multiple value={[...chosen]} onChange={onChange}>
        <Group gap={6} mt={4}>
          {shown.map((status) => (
            <Chip key={status} value={status} variant="outline" size="sm">{`${sentence(status)} (${numbers.get(status) ?? 0})`}</Chip>
          ))}
        </Group>
      </Chip.Group>
    </Fieldset>
  );
}
