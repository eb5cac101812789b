import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { ApiProblem } from '../../shared/api/problem';
import { Dialog } from '../../shared/page/Dialog';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { DifferenceTable } from './DifferenceTable';
import type { Difference } from './policy-diff';

type Props = {
  readonly differences: readonly Difference[];
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onPublish: () => void;
  readonly onClose: () => void;
};

const helpful = (error: unknown): unknown =>
  error instanceof ApiProblem && error.code === 'revision_mismatch'
    ? new ApiProblem(
        error.code,
        error.status,
        'Somebody has published or withdrawn a version since you opened this page. Nothing was published. Note your changes, load the page again, and make them on the new version.',
      )
    : error;

/** What would change, before it does. */
export function PublishDialog({ differences, isBusy, error, onPublish, onClose }: Props): ReactElement {
  return (
    <Dialog onClose={onClose} title="Publish a new version" size="xl">
      <Stack>
        <ProblemAlert error={helpful(error)} title="It was not published" />
        <Text>Returns filed from now on follow it. Those already filed keep their terms.</Text>
        <DifferenceTable differences={differences} />
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button loading={isBusy} onClick={onPublish}>
            Publish
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
