/** Step 1: order number and e-mail address, then the code that was mailed. */
import { Stack } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { useWords } from '../language';
import { Notice } from '../Notice';
import { PageHeading } from '../PageHeading';
import { askedBefore, forgetAsked, type Asked } from './asked';
import { AskForCode } from './AskForCode';
import { EnterCode } from './EnterCode';

type Props = {
  /** Why somebody who was, or expected to be, signed in is not. */
  readonly why: 'over' | 'linkOver' | null;
};

export function SignIn({ why }: Props): ReactElement {
  const say = useWords();
  const [asked, setAsked] = useState<Asked | null>(askedBefore);
  const again = (): void => {
    forgetAsked();
    setAsked(null);
  };
  return (
    <Stack gap="lg" className="narrow">
      <PageHeading
        key={asked === null ? 'ask' : 'code'}
        step={1}
        title={say(asked === null ? 'titles.signIn' : 'signIn.codeTitle')}
        lead={asked === null && why === null ? say('signIn.lead') : undefined}
      />
      {asked === null && why !== null && <Notice>{say(`signIn.${why}`)}</Notice>}
      {asked === null ? <AskForCode onAsked={setAsked} /> : <EnterCode asked={asked} onAgain={again} />}
    </Stack>
  );
}
