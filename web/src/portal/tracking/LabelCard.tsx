import { Button, Group, Text, Title } from '@mantine/core';
import { IconDownload, IconPrinter } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answerOf, customerApi, newKey } from '../../shared/api/api';
import { queryClient } from '../../shared/api/queries';
import { useWords } from '../language';
import { ProblemNotice } from '../Notice';
import type { Return } from '../queries';

type Label = Return['labels'][number];
const SENDABLE: ReadonlySet<Return['status']> = new Set(['approved', 'label_issued']);

/** What the parcel needs: a label to print, or a code to show; a new one where the last could not be made. */
export function LabelCard({ ret }: { readonly ret: Return }): ReactElement | null {
  const say = useWords();
  const label = ret.labels.findLast(({ state }) => state !== 'voided');
  if (label === undefined || !SENDABLE.has(ret.status)) return null;
  return (
    <section className="card label-card" aria-labelledby="label">
      <Title order={2} size="h4" id="label" className="not-printed">
        {say(label.kind === 'label' ? 'label.title' : 'label.codeTitle')}
      </Title>
      {label.state === 'requested' && (
        <Text role="status" mt="xs">
          {say('label.coming')}
        </Text>
      )}
      {label.state === 'issued' && <Issued returnId={ret.returnId} label={label} />}
      {(label.state === 'failed' || label.state === 'parked') && <Failed returnId={ret.returnId} label={label} />}
    </section>
  );
}

function Issued({
  returnId,
  label: { labelId, kind, trackingNumber, code },
}: {
  readonly returnId: string;
  readonly label: Label;
}): ReactElement {
  const say = useWords();
  const file = (format: string): string =>
    `/v1/returns/${encodeURIComponent(returnId)}/labels/${encodeURIComponent(labelId)}/file?format=${format}`;
  return (
    <div className="label">
      <img
        src={file('png')}
        width={420}
        height={592}
        alt={kind === 'label' ? say('label.image', { trackingNumber }) : say('label.codeImage', { code })}
      />
      <div className="not-printed label-words">
        <Text>{say(kind === 'label' ? 'label.stick' : 'label.showAtCounter')}</Text>
        <dl className="facts">
          {code !== null && (
            <div>
              <dt>{say('label.code')}</dt>
              <dd className="code">{code}</dd>
            </div>
          )}
          {trackingNumber !== null && (
            <div>
              <dt>{say('label.tracking')}</dt>
              <dd>{trackingNumber}</dd>
            </div>
          )}
        </dl>
        <Group mt="md" gap="sm">
          <Button component="a" href={file('pdf')} download={`${labelId}.pdf`} leftSection={<IconDownload size={18} aria-hidden />}>
            {say('label.download')}
          </Button>
          <Button variant="default" leftSection={<IconPrinter size={18} aria-hidden />} onClick={() => window.print()}>
            {say('label.print')}
          </Button>
        </Group>
      </div>
    </div>
  );
}

function Failed({ returnId, label }: { readonly returnId: string; readonly label: Label }): ReactElement {
  const say = useWords();
  const asking = useMutation({
    mutationFn: (key: string) =>
      answerOf(
        customerApi.POST('/v1/returns/{returnId}/labels', { params: { path: { returnId }, header: { 'Idempotency-Key': key } }, body: {} }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['return', returnId] }),
  });
  return (
    <>
      <ProblemNotice error={asking.error} />
      <Text mt="xs">{say('label.failed')}</Text>
      {label.problemWords !== null && <Text mt="xs">{label.problemWords}</Text>}
      <Button mt="sm" loading={asking.isPending} onClick={() => asking.mutate(newKey())}>
        {say('label.another')}
      </Button>
    </>
  );
}
