import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answerOf, staffApi } from '../api/api';
import { ProblemAlert } from '../page/ProblemAlert';

/** Links to photos hold for five minutes; they are asked for anew before that. */
const BEFORE_THEY_END_MS = 4 * 60_000;

/** The photos of a return, the customer's and the warehouse's. For staff. */
export function ReturnPhotos({ returnId, without }: { readonly returnId: string; readonly without?: string }): ReactElement {
  const { data, error } = useQuery({
    queryKey: ['photos', returnId],
    queryFn: () => answerOf(staffApi.GET('/v1/returns/{returnId}/photos', { params: { path: { returnId } } })),
    refetchInterval: BEFORE_THEY_END_MS,
  });
  if (error !== null) return <ProblemAlert error={error} title="The photos cannot be shown" />;
  if (data?.length === 0) return <Text>{without ?? 'No photos.'}</Text>;
  return (
    <Group gap="xs">
      {(data ?? []).map(({ photoRef, url }, index) => (
        <a key={photoRef} href={url} target="_blank" rel="noreferrer">
          <img
            src={url}
            alt={`Photo ${index + 1} of ${data?.length ?? 0}, opens large`}
            width={112}
            height={112}
            style={{ objectFit: 'cover', borderRadius: 8, border: '1px solid #868e96', display: 'block' }}
          />
        </a>
      ))}
    </Group>
  );
}
