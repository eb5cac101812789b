/** Step 2: which items, and how many of each. */
import { ActionIcon, Checkbox, Group, Text, TextInput, Title } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { useRef, useState, type ReactElement } from 'react';
import { money } from '../../shared/words/money';
import { day, dayOf } from '../days';
import { focusFirstFault } from '../faults';
import { useLanguage, useWords } from '../language';
import { Notice } from '../Notice';
import type { ReturnableLine } from '../queries';
import { ReturnList } from '../ReturnList';
import { Tile } from '../Tile';
import { unitsIn, withQuantity } from './draft';
import type { StepProps } from './step-props';
import { StepButtons } from './StepButtons';

export function ItemsStep({ order, draft, change, go, wasTakenOff }: StepProps & { readonly wasTakenOff: boolean }): ReactElement {
  const say = useWords();
  const language = useLanguage();
  const [isChecked, setChecked] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const chosen = unitsIn(draft);
  const fault = isChecked && chosen === 0 ? say('items.none') : null;
  const isPossible = order.lines.some((line) => line.returnable > 0);
  return (
    <>
      <Text className="order-line">
        <strong>{say('app.order', { number: order.number })}</strong> {say('app.placed', { day: dayOf(order.placedAt, language) })}
      </Text>
      {wasTakenOff && <Notice>{say('items.gone')}</Notice>}
      {!isPossible && <Notice>{say('items.nothing')}</Notice>}
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          if (chosen === 0) focusFirstFault(form.current);
          else go('details');
        }}
      >
        <ul className="items">
          {order.lines.map((line) => (
            <Item
              key={line.lineId}
              line={line}
              currency={order.currency}
              quantity={draft.lines.find(({ lineId }) => lineId === line.lineId)?.quantity ?? 0}
              fault={fault !== null}
              onQuantity={(quantity) => change((before) => withQuantity(before, line.lineId, quantity))}
            />
          ))}
        </ul>
        {fault !== null && (
          <Text id="no-items" className="fault" role="alert">
            {fault}
          </Text>
        )}
        {isPossible && (
          <StepButtons>
            <Text className="chosen" role="status">
              {chosen === 0 ? '' : say('items.chosen', { count: chosen })}
            </Text>
          </StepButtons>
        )}
      </form>
      {order.returns.length > 0 && (
        <section className="card" aria-labelledby="returns">
          <Title order={2} size="h4" id="returns" mb="xs">
            {say('items.returns')}
          </Title>
          <ReturnList returns={order.returns} />
        </section>
      )}
    </>
  );
}

type ItemProps = {
  readonly line: ReturnableLine;
  readonly currency: string;
  readonly quantity: number;
  readonly fault: boolean;
  readonly onQuantity: (quantity: number) => void;
};

function Item({ line, currency, quantity, fault, onQuantity }: ItemProps): ReactElement {
  const say = useWords();
  const language = useLanguage();
  const { title, returnable, unitPaidMinor, until, words } = line;
  const price = money(unitPaidMinor, currency, language);
  const facts = [
    line.quantity > 1 ? say('items.each', { price }) : price,
    ...(until === null ? [] : [say('items.until', { day: day(until, language) })]),
  ];
  if (returnable === 0) {
    return (
      <li className="item item-not">
        <Tile title={title} />
        <div className="item-words">
          <Text fw={600}>{title}</Text>
          <Text size="sm" c="dimmed">
            {price}
          </Text>
          <Text size="sm">
            <strong>{say('items.notNow')}:</strong> {words}
          </Text>
        </div>
      </li>
    );
  }
  return (
    <li className={quantity > 0 ? 'item item-chosen' : 'item'}>
      <Tile title={title} />
      <div className="item-words">
        <Checkbox
          size="md"
          label={title}
          description={facts.join(' · ')}
          checked={quantity > 0}
          onChange={(event) => onQuantity(event.currentTarget.checked ? 1 : 0)}
          aria-invalid={fault || undefined}
          aria-describedby={fault ? 'no-items' : undefined}
          classNames={{ label: 'item-label' }}
        />
        {quantity > 0 && returnable > 1 && <Quantity title={title} most={returnable} quantity={quantity} onQuantity={onQuantity} />}
      </div>
    </li>
  );
}

type QuantityProps = {
  readonly title: string;
  readonly most: number;
  readonly quantity: number;
  readonly onQuantity: (quantity: number) => void;
};

function Quantity({ title, most, quantity, onQuantity }: QuantityProps): ReactElement {
  const say = useWords();
  return (
    <Group gap={8} mt="xs">
      <ActionIcon
        variant="default"
        size={40}
        aria-label={say('items.less', { title })}
        disabled={quantity <= 1}
        onClick={() => onQuantity(quantity - 1)}
      >
        <IconMinus size={18} aria-hidden />
      </ActionIcon>
      <TextInput
        aria-label={say('items.quantity', { title })}
        type="number"
        inputMode="numeric"
        min={1}
        max={most}
        w={68}
        size="md"
        value={quantity}
        onChange={(event) => {
          const wanted = Math.trunc(event.currentTarget.valueAsNumber);
          if (wanted >= 1) onQuantity(Math.min(wanted, most));
        }}
      />
      <ActionIcon
        variant="default"
        size={40}
        aria-label={say('items.more', { title })}
        disabled={quantity >= most}
        onClick={() => onQuantity(quantity + 1)}
      >
        <IconPlus size={18} aria-hidden />
      </ActionIcon>
      <Text size="sm">{say('items.of', { count: most })}</Text>
    </Group>
  );
}
