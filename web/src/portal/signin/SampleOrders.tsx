/** For whoever has just started the service: a made-up shop to load, and orders to try. In production there is none. */
import { Button, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answerOf, customerApi, newKey, type Schemas } from '../../shared/api/api';
import { queryClient } from '../../shared/api/queries';
import { useLanguage, useWords } from '../language';
import { ProblemNotice } from '../Notice';

type Sample = Schemas['SampleOrderAnswer'];
const KEY = ['demo'];

export function SampleOrders({ onUse }: { readonly onUse: (sample: Sample) => void }): ReactElement | null {
  const say = useWords();
  const language = useLanguage();
  const { data } = useQuery({ queryKey: [...KEY, language], queryFn: () => answerOf(customerApi.GET('/v1/demo')), staleTime: Infinity });
  const loading = useMutation({
    mutationFn: (key: string) => answerOf(customerApi.POST('/v1/demo', { params: { header: { 'Idempotency-Key': key } }, body: {} })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: KEY }),
  });
  if (data === undefined || (!data.offered && data.orders.length === 0)) return null;
  return (
    <section className="samples" aria-labelledby="samples">
      <Title order={2} size="h4" id="samples">
        {say(data.offered ? 'samples.offer' : 'samples.title')}
      </Title>
      <ProblemNotice error={loading.error} />
      {data.offered ? (
        <Stack gap="sm" mt="xs">
          <Text>{say('samples.offerLead')}</Text>
          <Button variant="default" loading={loading.isPending} onClick={() => loading.mutate(newKey())}>
            {say('samples.load')}
          </Button>
        </Stack>
      ) : (
        <ul className="sample-list">
          {data.orders.map((sample) => (
            <li key={sample.orderNumber}>
              <Button
                variant="default"
                size="compact-md"
                aria-label={say('samples.use', { number: sample.orderNumber })}
                onClick={() => onUse(sample)}
              >
                {sample.orderNumber}
              </Button>
              <Text size="sm">{sample.words}</Text>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
