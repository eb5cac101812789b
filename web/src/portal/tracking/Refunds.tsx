/** "Why this amount": every refund in rows that add up to it, and where it goes. */
import { Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { money } from '../../shared/words/money';
import { dayOf } from '../days';
import { useLanguage, useWords } from '../language';
import type { Return } from '../queries';
import { unitsRows, waysOf, type Refund } from './breakdown';

export function RefundCards({ ret }: { readonly ret: Return }): ReactElement | null {
  const titles = new Map(ret.refunds.flatMap((refund) => refund.breakdown.units).map((unit) => [unit.lineId, unit.title]));
  if (ret.refunds.length === 0) return null;
  return (
    <>
      {ret.refunds.map((refund, index) => (
        <RefundCard key={refund.refundId} refund={refund} titles={titles} headingId={`refund-${index}`} />
      ))}
    </>
  );
}

type Props = { readonly refund: Refund; readonly titles: ReadonlyMap<string, string>; readonly headingId: string };

function RefundCard({ refund, titles, headingId }: Props): ReactElement {
  const say = useWords();
  const language = useLanguage();
  const { currency, amountMinor, entitledAt, breakdown } = refund;
  const amount = (minor: number): string => money(minor, currency, language);
  return (
    <section className="card" aria-labelledby={headingId}>
      <Title order={2} size="h4" id={headingId}>
        {say('refund.title')}: {amount(amountMinor)}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {say('refund.trigger', { day: dayOf(entitledAt, language) })}
      </Text>
      <table className="breakdown">
        <caption className="visually-hidden">{say('refund.caption', { amount: amount(amountMinor) })}</caption>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{say('refund.what')}</th>
            <th scope="col">{say('refund.amount')}</th>
          </tr>
        </thead>
        <tbody>
          {unitsRows(breakdown.units).map(({ lineId, count, paidMinor, taxMinor, factorBp, refundMinor }, index) => (
            <tr key={index}>
              <th scope="row">
                {titles.get(lineId) ?? lineId}
                <span>
                  {[
                    say('refund.units', { count, price: amount(paidMinor) }),
                    ...(factorBp === 10_000 ? [] : [say('refund.factor', { percent: factorBp / 100 })]),
                    ...(taxMinor === 0 ? [] : [say('refund.tax', { amount: amount(taxMinor) })]),
                  ].join(' · ')}
                </span>
              </th>
              <td>{amount(refundMinor)}</td>
            </tr>
          ))}
          {breakdown.shippingMinor !== 0 && (
            <tr>
              <th scope="row">{say('money.shipping')}</th>
              <td>{amount(breakdown.shippingMinor)}</td>
            </tr>
          )}
          {breakdown.fees.map(({ code, amountMinor: feeMinor }) => (
            <tr key={code}>
              <th scope="row">{say(`fees.${code}`)}</th>
              <td>{amount(-feeMinor)}</td>
            </tr>
          ))}
          {breakdown.bonusMinor !== 0 && (
            <tr>
              <th scope="row">{say('money.bonus')}</th>
              <td>{amount(breakdown.bonusMinor)}</td>
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{say('refund.total')}</th>
            <td>{amount(amountMinor)}</td>
          </tr>
        </tfoot>
      </table>
      <Title order={3} size="h5" mt="md" mb={4}>
        {say('refund.goesTo')}
      </Title>
      <dl className="sums">
        {waysOf(refund).map(({ paymentId, destination, state, since, sumMinor }) => (
          <div key={paymentId}>
            <dt>
              {say(`destinations.${destination}`)}
              <span className="way-state">{say(`payouts.${state}`, { day: dayOf(since, language) })}</span>
            </dt>
            <dd>{amount(sumMinor)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
