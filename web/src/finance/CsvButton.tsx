import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { downloadCsv } from '../shared/download';
import { ProblemAlert } from '../shared/ProblemAlert';

/** Saves the list at `path` as `name`.csv. `what` completes "Download … as CSV". */
export function CsvButton({ path, name, what }: { readonly path: string; readonly name: string; readonly what: string }): ReactElement {
  const saving = useMutation({ mutationFn: () => downloadCsv('staff', path, name) });
  return (
    <>
      <Button size="compact-sm" variant="default" leftSection={<IconDownload size={16} aria-hidden />} loading={saving.isPending} onClick={() => saving.mutate()} aria-label={`Download ${what} as CSV`}>
        CSV
      </Button>
      <ProblemAlert error={saving.error} title="The file was not saved" />
    </>
  );
}
