import { Alert, Button } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { CameraView } from './CameraView';
import { useCamera } from './useCamera';

const QUALITY = 0.85;

/** Takes photos (JPEG) with the camera, one per press. The camera is off when this is no longer shown. */
export function CameraPhoto({ onPhoto }: { readonly onPhoto: (blob: Blob) => void }): ReactElement {
  const { video, state, again } = useCamera();
  const [hasFailed, setFailed] = useState(false);
  const take = async (): Promise<void> => {
    const photo = video.current === null ? null : await pictureOf(video.current);
    setFailed(photo === null);
    if (photo !== null) onPhoto(photo);
  };
  return (
    <>
      <CameraView video={video} state={state} again={again} label="What the photo will show" />
      {state === 'on' && (
        <Button mt="sm" size="lg" fullWidth onClick={() => void take()}>
          Take photo
        </Button>
      )}
      {hasFailed && (
        <Alert mt="sm" color="red.9" variant="outline" role="alert" title="No photo was taken">
          The camera gave no picture. Try again.
        </Alert>
      )}
    </>
  );
}

async function pictureOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
}
