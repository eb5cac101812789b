import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { Area } from './api';
import { saveCsv } from './csv';
import { ProblemAlert } from './ProblemAlert';

/** Saves the list at `path` as a file. `what` completes "Download … as CSV". */
export function CsvButton({ area, path, name, what }: { readonly area: Area; readonly path: string; readonly name: string; readonly what: string }): ReactElement {
  const saving = useMutation({ mutationFn: () => saveCsv(area, path, name) });
  return (
    <>
      <Button size="compact-sm" variant="default" leftSection={<IconDownload size={16} aria-hidden />} loading={saving.isPending} onClick={() => saving.mutate()} aria-label={`Download ${what} as CSV`}>
        CSV
      </Button>
      <ProblemAlert error={saving.error} title="The file was not saved" />
    </>
  );
}
