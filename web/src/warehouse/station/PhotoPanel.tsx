import { Button, Group, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement, RefObject } from 'react';
import { headersOf, newKey, type Schemas } from '../../shared/api/api';
import { ApiProblem, problemIn } from '../../shared/api/problem';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { CameraPhoto } from '../camera/CameraPhoto';

/** @throws ApiProblem */
async function upload(orderId: string, photo: Blob, key: string): Promise<Schemas['PhotoAnswer']> {
  const body = new FormData();
  body.append('photo', photo, 'photo.jpg');
  const headers = { ...headersOf('staff'), 'idempotency-key': key };
  const response = await fetch(`/v1/orders/${encodeURIComponent(orderId)}/photos`, {
    method: 'POST',
    headers,
    body,
    credentials: 'same-origin',
  }).catch(() => {
    throw new ApiProblem(
      'offline',
      0,
      'A photo needs the line to the service. Go on without it, or take it again when the station is online.',
    );
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemIn(answer, response);
  return answer as Schemas['PhotoAnswer'];
}

type Props = {
  readonly panel: RefObject<HTMLElement | null>;
  readonly orderId: string;
  readonly onPhoto: (photoRef: string) => void;
  readonly onClose: () => void;
};

/** A photo for the next grade or mismatch. */
export function PhotoPanel({ panel, orderId, onPhoto, onClose }: Props): ReactElement {
  const uploading = useMutation({
    mutationFn: ({ photo, key }: { photo: Blob; key: string }) => upload(orderId, photo, key),
    onSuccess: ({ photoRef }) => {
      onPhoto(photoRef);
      onClose();
    },
  });
  return (
    <section ref={panel} className="station-card" aria-labelledby="photo">
      <Group justify="space-between">
        <Title order={2} size="h4" id="photo">
          Photo
        </Title>
        <Button variant="default" onClick={onClose}>
          Close (F8)
        </Button>
      </Group>
      <Text my="xs">Enter takes it; it goes with the next grade or mismatch. Show the goods, never people.</Text>
      <ProblemAlert error={uploading.error} title="The photo was not kept" />
      {uploading.isPending ? (
        <Text role="status">Sending the photo…</Text>
      ) : (
        <CameraPhoto
          onPhoto={(photo) => {
            uploading.mutate({ photo, key: newKey() });
          }}
        />
      )}
    </section>
  );
}
