import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ProblemAlert } from '../page/ProblemAlert';
import { downloadCsv } from './download';

type Props = {
  /** Address of the list with its filters. */
  readonly path: string;
  /** Of the file, without `.csv`. */
  readonly name: string;
  /** Completes "Download … as CSV", where a page has more than one list. */
  readonly what?: string;
};

/** Saves everything that matches as CSV, not only the page shown. For staff. */
export function DownloadCsv({ path, name, what }: Props): ReactElement {
  const saving = useMutation({ mutationFn: () => downloadCsv(path, name) });
  const look = what === undefined ? {} : { size: 'compact-sm', 'aria-label': `Download ${what} as CSV` };
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={saving.isPending}
        onClick={() => saving.mutate()}
        {...look}
      >
        {what === undefined ? 'Download CSV' : 'CSV'}
      </Button>
      <ProblemAlert error={saving.error} title="The file was not saved" />
    </>
  );
}
