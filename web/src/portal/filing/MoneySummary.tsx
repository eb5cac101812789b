import { Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { money } from '../../shared/words/money';
import { useLanguage, useWords } from '../language';
import type { Quote } from '../queries';

/** What the return comes to, item by item; the rows add up to the total. */
export function MoneySummary({
  quote,
  isOld,
  titles,
}: {
  readonly quote: Quote | undefined;
  /** New figures are on their way. */ readonly isOld: boolean;
  readonly titles: ReadonlyMap<string, string>;
}): ReactElement {
  const say = useWords();
  const language = useLanguage();
  if (quote === undefined)
    return (
      <section className="card money">
        <Text role="status">{say('money.reckoning')}</Text>
      </section>
    );
  const amount = (minor: number): string => money(minor, quote.currency, language);
  const rows = [
    ...quote.lines.map(({ lineId, quantity, refundMinor }) => ({
      id: `line ${lineId}`,
      words: `${quantity} × ${titles.get(lineId) ?? lineId}`,
      minor: refundMinor,
    })),
    ...(quote.shippingRefundMinor === 0 ? [] : [{ id: 'shipping', words: say('money.shipping'), minor: quote.shippingRefundMinor }]),
    ...(quote.wrappingRefundMinor === 0 ? [] : [{ id: 'wrapping', words: say('money.wrapping'), minor: quote.wrappingRefundMinor }]),
    ...quote.fees.map(({ code, words, amountMinor }) => ({ id: `fee ${code}`, words, minor: -amountMinor })),
    ...(quote.bonusMinor === 0 ? [] : [{ id: 'bonus', words: say('money.bonus'), minor: quote.bonusMinor }]),
  ];
  return (
    <section className={isOld ? 'card money money-old' : 'card money'} aria-labelledby="money" aria-busy={isOld}>
      <Title order={2} size="h4" id="money" mb="xs">
        {say('money.title')}
      </Title>
      <dl className="sums">
        {rows.map(({ id, words, minor }) => (
          <div key={id}>
            <dt>{words}</dt>
            <dd>{amount(minor)}</dd>
          </div>
        ))}
        <div className="sum">
          <dt>{say('money.total')}</dt>
          <dd>{amount(quote.totalRefundMinor)}</dd>
        </div>
      </dl>
      {quote.blockedWords !== null && (
        <Text mt="xs" role="note">
          {say('money.today', { amount: amount(quote.payableTodayMinor), why: quote.blockedWords })}
        </Text>
      )}
      <Text size="sm" c="dimmed" mt="xs">
        {say('money.ifAsNew')}
      </Text>
      <span className="visually-hidden" role="status">
        {isOld ? '' : `${say('money.total')}: ${amount(quote.totalRefundMinor)}`}
      </span>
    </section>
  );
}
