import { Button, Group, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { answerOf, customerApi, newKey } from '../../shared/api/api';
import { queryClient } from '../../shared/api/queries';
import { useWords } from '../language';
import { ProblemNotice } from '../Notice';
import type { Return } from '../queries';

const CANCELLABLE: ReadonlySet<Return['status']> = new Set(['requested', 'in_review', 'approved', 'label_issued']);

/** Cancelling, once asked whether it is meant; as long as nothing is on its way. */
export function CancelReturn({ ret: { returnId, status, refunds } }: { readonly ret: Return }): ReactElement | null {
  const say = useWords();
  const [key, setKey] = useState<string | null>(null);
  const question = useRef<HTMLHeadingElement>(null);
  const cancelling = useMutation({
    mutationFn: (wish: string) =>
      answerOf(
        customerApi.POST('/v1/returns/{returnId}/cancel', {
          params: { path: { returnId }, header: { 'Idempotency-Key': wish } },
          body: { reason: 'customer_request' },
        }),
      ),
    onSettled: () =>
      queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === returnId || queryKey[0] === 'returnable' }),
  });
  useEffect(() => {
    if (key !== null) question.current?.focus();
  }, [key]);
  if (!CANCELLABLE.has(status) || refunds.length > 0) return cancelling.error === null ? null : <ProblemNotice error={cancelling.error} />;
  if (key === null)
    return (
      <div>
        <Button variant="default" onClick={() => setKey(newKey())}>
          {say('cancel.start')}
        </Button>
      </div>
    );
  return (
    <section className="card" aria-labelledby="cancel">
      <ProblemNotice error={cancelling.error} />
      <Title order={2} size="h4" id="cancel" ref={question} tabIndex={-1} className="focus-target">
        {say('cancel.question')}
      </Title>
      <Text mt="xs">{say('cancel.lead')}</Text>
      <Group mt="md" gap="sm">
        <Button color="red.9" loading={cancelling.isPending} onClick={() => cancelling.mutate(key)}>
          {say('cancel.yes')}
        </Button>
        <Button variant="default" onClick={() => setKey(null)}>
          {say('cancel.no')}
        </Button>
      </Group>
    </section>
  );
}
