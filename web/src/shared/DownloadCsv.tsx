import { Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { downloadCsv } from './download';

type Props = { readonly path: string; readonly name: string; readonly label?: string };

/** Saves everything that matches as CSV, not only the page shown. For staff. */
export function DownloadCsv({ path, name, label }: Props): ReactElement {
  const saving = useMutation({ mutationFn: () => downloadCsv('staff', path, name) });
  return (
    <>
      <Button variant="default" loading={saving.isPending} onClick={() => saving.mutate()}>{label ?? 'Download CSV'}</Button>
      {saving.error !== null && <Text role="alert" c="red.9" size="sm">{`The file was not saved: ${saving.error.message}`}</Text>}
    </>
  );
}
