import { Alert, Text } from '@mantine/core';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { CameraView } from './CameraView';
import { newScans, openReader } from './reader';
import { useCamera } from './useCamera';

/** Pause between two pictures: quick for people, easy on batteries. */
const BETWEEN_MS = 120;

/**
 * The camera as a scanner: says each code once when it comes into view, as often as it does. The camera is off when this
 * is no longer shown.
 */
export function CameraScanner({ onCode }: { readonly onCode: (text: string) => void }): ReactElement {
  const { video, state, again } = useCamera();
  const [fault, setFault] = useState<string | null>(null);
  const handler = useRef(onCode);
  useEffect(() => {
    handler.current = onCode;
  });
  useEffect(() => {
    if (state !== 'on') return undefined;
    const leaving = new AbortController();
    scan(video.current, (code) => handler.current(code), leaving.signal).catch((error: unknown) => {
      if (!leaving.signal.aborted) setFault(error instanceof Error ? error.message : String(error));
    });
    return () => leaving.abort();
  }, [state, video]);
  return (
    <>
      <CameraView video={video} state={state} again={again} label="What the camera sees" />
      {state === 'on' && fault === null && (
        <Text size="sm" mt="xs">
          Hold the code before the camera, flat and close enough to fill a third of the picture.
        </Text>
      )}
      {fault !== null && (
        <Alert color="red.9" variant="outline" role="alert" title="Codes cannot be read here">
          Scan with the scanner or type the code. ({fault})
        </Alert>
      )}
    </>
  );
}

async function scan(video: HTMLVideoElement | null, onCode: (code: string) => void, leaving: AbortSignal): Promise<void> {
  const read = await openReader();
  const isNew = newScans();
  while (video !== null && !leaving.aborted) {
    const code = await read(video);
    if (code !== null && !leaving.aborted && isNew(code, performance.now())) onCode(code);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
}
