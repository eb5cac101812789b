/** Step 4: how the money comes and how the goods go, side by side, with what each choice costs or brings. */
import { Text } from '@mantine/core';
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { money } from '../../shared/words/money';
import { useLanguage, useWords } from '../language';
import { Notice, ProblemNotice } from '../Notice';
import { useQuote, type Quote } from '../queries';
import { bodyOf, offered, type Draft, type Offers } from './draft';
import { MoneySummary } from './MoneySummary';
import type { StepProps } from './step-props';
import { StepButtons } from './StepButtons';

export function OffersStep({ orderId, order, draft, change, go }: StepProps): ReactElement {
  const { data: quote, error, isPlaceholderData, refetch } = useQuote(orderId, bodyOf(offered(draft, startOf(order))));
  const titles = new Map(order.lines.map((line) => [line.lineId, line.title]));
  const chosen = quote === undefined ? draft : offered(draft, quote);
  // Who has chosen and goes on at once need not wait for the money with a finger on the button.
  const [isGoing, setGoing] = useState(false);
  const choose = (choice: Partial<Pick<Draft, 'outcome' | 'method'>>): void => {
    setGoing(false);
    change((before) => ({ ...before, ...choice }));
  };
  useEffect(() => {
    if (!isGoing || quote === undefined || isPlaceholderData) return;
    change((before) => offered(before, quote));
    go('check');
  }, [isGoing, quote, isPlaceholderData, change, go]);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setGoing(true);
      }}
    >
      <ProblemNotice error={error} onRetry={() => void refetch()} />
      <Verdicts quote={quote} titles={titles} />
      {quote !== undefined && (
        <div className="pair">
          <Outcomes quote={quote} chosen={chosen.outcome} onChoose={(outcome) => choose({ outcome })} />
          <Methods quote={quote} chosen={chosen.method} onChoose={(method) => choose({ method })} />
        </div>
      )}
      <MoneySummary quote={quote} isOld={isPlaceholderData} titles={titles} />
      <StepButtons onBack={() => go('details')} isBusy={isGoing && error === null} />
    </form>
  );
}

/** What the order offers, in the shape of a quote's offers: enough to ask for the first quote. */
const startOf = ({ outcomes, methods }: StepProps['order']): Offers => ({
  outcomes: outcomes.map((outcome) => ({ outcome })),
  methods: methods.map((method) => ({ method })),
});

function Verdicts({
  quote,
  titles,
}: {
  readonly quote: Quote | undefined;
  readonly titles: ReadonlyMap<string, string>;
}): ReactElement | null {
  const say = useWords();
  if (quote === undefined) return null;
  const refused = quote.lines.filter((line) => line.decision === 'ineligible');
  return (
    <>
      {refused.map(({ lineId, words }) => (
        <Notice key={lineId} tone="warning">
          {say('offers.ineligible', { title: titles.get(lineId) ?? lineId, words })}
        </Notice>
      ))}
      {refused.length === 0 && quote.lines.some((line) => line.decision === 'review') && <Notice>{say('offers.review')}</Notice>}
    </>
  );
}

function Outcomes({
  quote,
  chosen,
  onChoose,
}: {
  readonly quote: Quote;
  readonly chosen: string | null;
  readonly onChoose: (outcome: Quote['outcomes'][number]['outcome']) => void;
}): ReactElement {
  const say = useWords();
  const language = useLanguage();
  return (
    <fieldset className="choices">
      <legend>{say('offers.outcome')}</legend>
      {quote.outcomes.map(({ outcome, totalRefundMinor, words }) => (
        <Choice
          key={outcome}
          name="outcome"
          value={outcome}
          isChosen={outcome === chosen}
          onChoose={() => onChoose(outcome)}
          title={say(`outcomes.${outcome}`)}
          words={words}
          price={money(totalRefundMinor, quote.currency, language)}
          isGood
        />
      ))}
    </fieldset>
  );
}

function Methods({
  quote,
  chosen,
  onChoose,
}: {
  readonly quote: Quote;
  readonly chosen: string | null;
  readonly onChoose: (method: Quote['methods'][number]['method']) => void;
}): ReactElement {
  const say = useWords();
  const language = useLanguage();
  const amount = (minor: number): string => money(minor, quote.currency, language);
  return (
    <fieldset className="choices">
      <legend>{say('offers.method')}</legend>
      {quote.methods.map(({ method, feeMinor, words }) => (
        <Choice
          key={method}
          name="method"
          value={method}
          isChosen={method === chosen}
          onChoose={() => onChoose(method)}
          title={say(`methods.${method}`)}
          words={words}
          price={feeMinor === 0 ? (method === 'own_shipping' ? null : say('offers.free')) : say('offers.fee', { amount: amount(feeMinor) })}
          isGood={feeMinor === 0}
        />
      ))}
      {quote.freeReturnMissingMinor > 0 && (
        <Text size="sm" className="hint">
          {say('offers.missing', { amount: amount(quote.freeReturnMissingMinor) })}
        </Text>
      )}
    </fieldset>
  );
}

type ChoiceProps = {
  readonly name: string;
  readonly value: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly title: string;
  readonly words: ReactNode;
  readonly price: string | null;
  readonly isGood: boolean;
};

function Choice({ name, value, isChosen, onChoose, title, words, price, isGood }: ChoiceProps): ReactElement {
  return (
    <label className={isChosen ? 'choice choice-chosen' : 'choice'}>
      <input type="radio" name={name} value={value} checked={isChosen} onChange={onChoose} />
      <span className="choice-words">
        <span className="choice-title">
          {title}
          {price !== null && <span className={isGood ? 'price price-good' : 'price'}>{price}</span>}
        </span>
        <span className="choice-lead">{words}</span>
      </span>
    </label>
  );
}
