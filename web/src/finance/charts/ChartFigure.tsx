import { Box, Button, Group, Paper, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useId, type ReactElement, type ReactNode } from 'react';
import { DownloadCsv } from '../../shared/api/DownloadCsv';

type Props = {
  readonly title: string;
  /** What the picture says, for those who do not see it. */
  readonly summary: string;
  /** Address of the same numbers as CSV. */
  readonly csv: string;
  /** Name of the file, without `.csv`. */
  readonly file: string;
  readonly chart: ReactNode;
  /** The same numbers as a table. */
  readonly table: ReactNode;
  /** Level of its heading; 2 unless said otherwise. */
  readonly order?: 2 | 3;
  /** The table is shown at first. */
  readonly isOpen?: boolean;
};

/** A picture with its table one click away and its numbers as a file. */
export function ChartFigure({ title, summary, csv, file, chart, table, order = 2, isOpen = false }: Props): ReactElement {
  const [isTableShown, shown] = useDisclosure(isOpen);
  const id = useId();
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={order} size="h4">
          {title}
        </Title>
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            aria-expanded={isTableShown}
            aria-controls={id}
            onClick={shown.toggle}
            aria-label={`${isTableShown ? 'Hide' : 'Show'} table: ${title}`}
          >
            {isTableShown ? 'Hide table' : 'Show table'}
          </Button>
          <DownloadCsv path={csv} name={file} what={title} />
        </Group>
      </Group>
      <Box role="img" aria-label={`${title}. ${summary} The table has all numbers.`}>
        {chart}
      </Box>
      <Box id={id} mt="sm">
        {isTableShown && table}
      </Box>
    </Paper>
  );
}
