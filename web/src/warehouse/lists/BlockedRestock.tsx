import { NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { readAgain } from '../../shared/api/queries';
import { DISPOSITIONS } from '../station/codes';
import { ActButton, type Said } from './ActButton';

type Elsewhere = Schemas['WithdrawRestockBody']['disposition'];
/** What became of the pieces, as far as it has been said. */
type Fate = { readonly end: '' | 'on_sale' | 'elsewhere'; readonly disposition: Elsewhere | ''; readonly location: string };
const NOTHING_SAID: Fate = { end: '', disposition: '', location: '' };

const { restock: _onSale, ...ELSEWHERE } = DISPOSITIONS;
const isElsewhere = (text: string): text is Elsewhere => text in ELSEWHERE;
const ENDS = { on_sale: 'They are back on sale', elsewhere: 'They go elsewhere' } as const;

/** Why the stock system refused a restock. */
const REASONS: Readonly<Record<string, string>> = {
  unknown_sku: 'the stock system does not know the SKU',
  no_space: 'no space',
  not_sellable: 'not sellable',
  recalled: 'recalled',
  refused_by_stock_system: 'refused by the stock system',
  other: 'no reason given',
};

type Props = { readonly returnId: string; readonly restock: Schemas['BlockedRestockAnswer']; readonly onDone: (words: string) => void };

/** Pieces that the stock system did not take back; somebody says what became of them: on sale after all, or elsewhere. */
export function BlockedRestock({ returnId, restock: { restockId, sku, title, quantity, reason }, onDone }: Props): ReactElement {
  const pieces = `${quantity} × ${sku ?? title}`;
  const why = REASONS[reason ?? 'other'] ?? reason;
  const settle = async ({ station, key, answer: { disposition, location } }: Said<Fate>): Promise<void> => {
    const params = { path: { returnId, restockId }, header: { 'Idempotency-Key': key } };
    await answerOf(
      disposition === ''
        ? staffApi.POST('/v1/returns/{returnId}/restocks/{restockId}/confirm', { params, body: { station } })
        : staffApi.POST('/v1/returns/{returnId}/restocks/{restockId}/withdraw', {
            params,
            body: { station, disposition, location: location.trim() || null },
          }),
    );
    await readAgain({ queryKey: ['receiving-queue'] });
  };
  return (
    <div className="list-act">
      <Text size="sm" component="span">{`Not back on sale: ${pieces} (${why})`}</Text>
      <ActButton
        word="Settle"
        of={`${pieces} of ${returnId}`}
        title={`What became of ${pieces}?`}
        text={`The stock system refused them (${why}). What is said here cannot be undone.`}
        confirm="Settle"
        start={NOTHING_SAID}
        fields={(fate, say) => <FateFields fate={fate} onSay={say} />}
        act={settle}
        onDone={(fate) => onDone(`${pieces} of ${returnId}: ${fateWords(fate)}.`)}
      />
    </div>
  );
}

const fateWords = ({ disposition, location }: Fate): string =>
  disposition === ''
    ? 'back on sale'
    : `not back on sale, put elsewhere (${[ELSEWHERE[disposition].toLowerCase(), location.trim()].filter((part) => part !== '').join(', ')})`;

/** Going back on sale leaves no place behind, so that what is sent is what is seen. */
function FateFields({ fate, onSay }: { readonly fate: Fate; readonly onSay: (fate: Fate) => void }): ReactElement {
  return (
    <>
      <Radio.Group label="What became of them?" required value={fate.end}>
        <Stack gap="xs" mt={4}>
          <Radio
            name="end"
            required
            data-autofocus
            value="on_sale"
            label={ENDS.on_sale}
            description="They can be sold, however that came about."
            onChange={() => onSay({ ...NOTHING_SAID, end: 'on_sale' })}
          />
          <Radio
            name="end"
            required
            value="elsewhere"
            label={ENDS.elsewhere}
            description="They are not sold as they are, for example because the article was recalled."
            onChange={() => onSay({ ...fate, end: 'elsewhere' })}
          />
        </Stack>
      </Radio.Group>
      {fate.end === 'elsewhere' && (
        <>
          <NativeSelect
            label="Where do they go?"
            description="All of them. Put them into quarantine first if they go different ways."
            required
            value={fate.disposition}
            onChange={({ currentTarget: { value } }) => onSay({ ...fate, disposition: isElsewhere(value) ? value : '' })}
            data={[{ value: '', label: 'Choose' }, ...Object.entries(ELSEWHERE).map(([value, label]) => ({ value, label }))]}
          />
          <TextInput
            label="Place"
            description="Shelf, bin or pallet, if there is one."
            maxLength={60}
            autoComplete="off"
            value={fate.location}
            onChange={(event) => onSay({ ...fate, location: event.currentTarget.value })}
          />
        </>
      )}
    </>
  );
}
