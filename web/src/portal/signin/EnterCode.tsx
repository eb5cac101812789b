import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { plainSigns } from '../../../../src/shared/plain-signs';
import { answerOf, customerApi, newKey } from '../../shared/api/api';
import { codeOf } from '../../shared/api/problem';
import { signIn } from '../../shared/staff/session';
import { SIGNING_IN } from '../../shared/staff/session-end';
import { useWords } from '../language';
import { ProblemNotice } from '../Notice';
import { forgetAsked, type Asked } from './asked';

/** What was typed or pasted, without anything that is no digit. */
const digitsIn = (text: string): string => plainSigns(text).replaceAll(/\D/g, '');

type Props = { readonly asked: Asked; readonly onAgain: () => void };

export function EnterCode({ asked, onAgain }: Props): ReactElement {
  const say = useWords();
  const [text, setText] = useState('');
  const [isChecked, setChecked] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  /** What a confirmed code has given, until it is exchanged for a session: the code itself is used up. */
  const token = useRef<string | null>(null);
  const confirming = useMutation({
    // A code opens one session: were it sent again by itself, the second answer would be that it is used already.
    retry: false,
    mutationKey: SIGNING_IN,
    mutationFn: async (code: string) => {
      token.current ??= (
        await answerOf(
          customerApi.POST('/v1/portal/sessions/confirm', {
            params: { header: { 'Idempotency-Key': newKey() } },
            body: { orderNumber: asked.orderNumber, code },
          }),
        )
      ).token;
      await signIn(token.current);
      forgetAsked();
    },
  });
  const isShort = digitsIn(text).length !== asked.digits;
  const isWrong = codeOf(confirming.error) === 'code_not_valid';
  const fault = isChecked && isShort ? say('signIn.missingCode', { digits: asked.digits }) : isWrong ? say('signIn.wrongCode') : null;
  useEffect(() => {
    if (fault !== null) field.current?.focus();
  }, [fault]);
  return (
    <Stack gap="lg">
      {!isWrong && <ProblemNotice error={confirming.error} />}
      <Text>
        {asked.minutes === null ? say('signIn.sentBefore') : say('signIn.sent', { digits: asked.digits, minutes: asked.minutes })}
      </Text>
      {asked.outbox !== null && (
        <Text className="hint">
          {say('signIn.outbox')}{' '}
          <Anchor href={asked.outbox} target="_blank" underline="always">
            {say('signIn.outboxLink')}
          </Anchor>
          .
        </Text>
      )}
      <form
        noValidate
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          setChecked(true);
          if (!isShort) confirming.mutate(digitsIn(text));
        }}
      >
        <Stack>
          <TextInput
            label={say('signIn.code')}
            description={say('signIn.codeHint')}
            name="code"
            size="lg"
            required
            withAsterisk={false}
            autoComplete="one-time-code"
            inputMode="numeric"
            classNames={{ input: 'code-field' }}
            ref={field}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setChecked(false);
              confirming.reset();
            }}
            error={fault}
          />
          <Button type="submit" size="md" loading={confirming.isPending}>
            {say('signIn.confirm')}
          </Button>
          <Button variant="subtle" onClick={onAgain}>
            {say('signIn.another')}
          </Button>
        </Stack>
      </form>
    </Stack>
  );
}
