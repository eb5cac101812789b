import { Alert, Button, Loader, Stack, Text } from '@mantine/core';
import type { ReactElement, RefObject } from 'react';
import type { CameraState } from './useCamera';

const WORDS: Readonly<Record<Exclude<CameraState, 'starting' | 'on'>, { readonly title: string; readonly text: string }>> = {
  refused: {
    title: 'The camera is blocked',
    text: 'Allow it for this page: choose the camera or lock sign beside the address, set Camera to Allow, then try again. Until then, scan with the scanner or type the code.',
  },
  none: {
    title: 'No camera was found',
    text: 'Connect one and try again. Cameras also need a page opened over https. Until then, scan with the scanner or type the code.',
  },
  busy: {
    title: 'The camera does not answer',
    text: 'Another program may be using it. Close that one, or connect the camera anew, and try again.',
  },
};

type Props = {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly state: CameraState;
  readonly again: () => void;
  /** What the picture is for, for those who cannot see it. */
  readonly label: string;
};

/** What the camera sees, or why it sees nothing and what to do. */
export function CameraView({ video, state, again, label }: Props): ReactElement {
  const isShown = state === 'on' || state === 'starting';
  return (
    <>
      <video
        ref={video}
        muted
        playsInline
        hidden={!isShown}
        aria-label={label}
        style={{ width: '100%', maxHeight: '60vh', borderRadius: 8, background: '#000', objectFit: 'contain' }}
      />
      {state === 'starting' && (
        <Stack align="center" gap="xs" mt="xs">
          <Loader size="sm" aria-hidden />
          <Text size="sm" role="status">
            Opening the camera …
          </Text>
        </Stack>
      )}
      {!isShown && (
        <Alert color="red.9" variant="outline" role="alert" title={WORDS[state].title}>
          {WORDS[state].text}
          <Button mt="sm" variant="default" display="block" onClick={again}>
            Try again
          </Button>
        </Alert>
      )}
    </>
  );
}
