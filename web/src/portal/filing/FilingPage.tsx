/** Filing a return: items, reasons, money and return shipping, check. Each step has its address, so the browser's own back and forward move between them. */
import { Loader, Stack } from '@mantine/core';
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useSearchParams } from 'wouter';
import { useWords } from '../language';
import { ProblemNotice } from '../Notice';
import { PageHeading } from '../PageHeading';
import { useReturnable, type Returnable } from '../queries';
import { CheckStep } from './CheckStep';
import { DetailsStep } from './DetailsStep';
import { fitted, leavesOf, loadDraft, stepFor, STEPS, storeDraft, type Step } from './draft';
import { ItemsStep } from './ItemsStep';
import { OffersStep } from './OffersStep';
import type { StepProps } from './step-props';

export function FilingPage({ orderId }: { readonly orderId: string }): ReactElement {
  const say = useWords();
  const { data: order, error, refetch } = useReturnable(orderId);
  if (order !== undefined) return <Steps key={orderId} orderId={orderId} order={order} />;
  if (error !== null) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  return <Loader role="status" aria-label={say('app.loading')} />;
}

function Steps({ orderId, order }: { readonly orderId: string; readonly order: Returnable }): ReactElement {
  const say = useWords();
  const [params, setParams] = useSearchParams();
  const [stored, change] = useState(() => loadDraft(orderId));
  useEffect(() => storeDraft(orderId, stored), [orderId, stored]);
  const leaves = leavesOf(order.reasons);
  const draft = fitted(stored, order.lines);
  const wanted = params.get('step');
  const step = stepFor(draft, leaves, wanted);
  const go = useCallback((next: Step) => setParams(next === 'items' ? {} : { step: next }), [setParams]);
  useEffect(() => {
    if (step !== (wanted ?? 'items')) setParams(step === 'items' ? {} : { step }, { replace: true });
  }, [step, wanted, setParams]);
  const props: StepProps = { orderId, order, draft, leaves, change, go };
  return (
    <Stack gap="lg">
      <PageHeading
        key={step}
        step={STEPS.indexOf(step) + 2}
        title={say(`titles.${step}`)}
        lead={step === 'offers' ? undefined : say(`${step}.lead`)}
      />
      {step === 'items' && <ItemsStep {...props} wasTakenOff={draft !== stored} />}
      {step === 'details' && <DetailsStep {...props} />}
      {step === 'offers' && <OffersStep {...props} />}
      {step === 'check' && <CheckStep {...props} />}
    </Stack>
  );
}
