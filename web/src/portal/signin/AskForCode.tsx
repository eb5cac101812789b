import { Button, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type ReactElement } from 'react';
import { answerOf, customerApi, newKey, type Schemas } from '../../shared/api/api';
import { focusFirstFault } from '../faults';
import { useLanguage, useWords } from '../language';
import { ProblemNotice } from '../Notice';
import { keepAsked, type Asked } from './asked';
import { SampleOrders } from './SampleOrders';

type Wanted = Schemas['SignInBody'] & { readonly key: string };

const IS_EMAIL = /^[^\s@]+@[^\s@]+$/;

export function AskForCode({ onAsked }: { readonly onAsked: (asked: Asked) => void }): ReactElement {
  const say = useWords();
  const language = useLanguage();
  const [orderNumber, setOrderNumber] = useState('');
  const [email, setEmail] = useState('');
  const [isChecked, setChecked] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const asking = useMutation({
    // What is written on while it is tried again is not sent under the same key.
    mutationFn: ({ key, ...body }: Wanted) =>
      answerOf(customerApi.POST('/v1/portal/sessions', { params: { header: { 'Idempotency-Key': key } }, body })),
    onSuccess: ({ codeDigits, expiresInSeconds, outbox }, wanted) => {
      const asked = { orderNumber: wanted.orderNumber, digits: codeDigits, minutes: Math.round(expiresInSeconds / 60), outbox };
      keepAsked(asked);
      onAsked(asked);
    },
  });
  const faults = { number: orderNumber.trim() === '', email: !IS_EMAIL.test(email.trim()) };
  return (
    <Stack gap="lg">
      <ProblemNotice error={asking.error} />
      <form
        ref={form}
        noValidate
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          if (faults.number || faults.email) focusFirstFault(form.current);
          else asking.mutate({ key: newKey(), orderNumber: orderNumber.trim(), email: email.trim(), locale: language });
        }}
      >
        <Stack>
          <TextInput
            label={say('signIn.orderNumber')}
            description={say('signIn.orderNumberHint')}
            name="order-number"
            size="md"
            required
            withAsterisk={false}
            autoCapitalize="characters"
            autoComplete="off"
            spellCheck={false}
            value={orderNumber}
            onChange={(event) => setOrderNumber(event.currentTarget.value)}
            error={isChecked && faults.number ? say('signIn.missingNumber') : null}
          />
          <TextInput
            label={say('signIn.email')}
            description={say('signIn.emailHint')}
            name="email"
            type="email"
            size="md"
            required
            withAsterisk={false}
            autoComplete="email"
            inputMode="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={isChecked && faults.email ? say('signIn.missingEmail') : null}
          />
          <Button type="submit" size="md" loading={asking.isPending}>
            {say('signIn.ask')}
          </Button>
        </Stack>
      </form>
      <SampleOrders
        onUse={(sample) => {
          setOrderNumber(sample.orderNumber);
          setEmail(sample.email);
        }}
      />
    </Stack>
  );
}
