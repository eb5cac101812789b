import { Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { leavesOf } from '../filing/draft';
import { useWords } from '../language';
import { useReturnable, type Return } from '../queries';
import { Tile } from '../Tile';

/** What goes back, and how much of it has arrived. */
export function ReturnedItems({ ret, orderId }: { readonly ret: Return; readonly orderId: string }): ReactElement {
  const say = useWords();
  const { data: order } = useReturnable(orderId);
  const reasons = new Map(leavesOf(order?.reasons ?? []).map((leaf) => [leaf.code, leaf.label]));
  return (
    <section className="card" aria-labelledby="items">
      <Title order={2} size="h4" id="items" mb="xs">
        {say('return.items')}
      </Title>
      <ul className="checked">
        {ret.lines.map(({ lineId, title, reason, condition, authorised, received, missing, kept }) => {
          const counters = [
            say('counters.authorised', { count: authorised }),
            ...(received > 0 ? [say('counters.received', { count: received })] : []),
            ...(missing > 0 ? [say('counters.missing', { count: missing })] : []),
            ...(kept > 0 ? [say('counters.kept', { count: kept })] : []),
          ];
          return (
            <li key={lineId}>
              <Tile title={title} />
              <div>
                <Text fw={600}>{title}</Text>
                <Text size="sm">{counters.join(' · ')}</Text>
                <Text size="sm" c="dimmed">
                  {[...(reasons.has(reason) ? [reasons.get(reason)] : []), say(`conditions.${condition}`)].join(' · ')}
                </Text>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
