/** The device's camera, shown in a video element for as long as the component is. */
import { useEffect, useRef, useState, type RefObject } from 'react';

/** `refused`: the person or the browser said no; `none`: there is no camera; `busy`: it cannot be opened now. */
export type CameraState = 'starting' | 'on' | 'refused' | 'none' | 'busy';

const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
};

/** By the name of the error that `getUserMedia` gives (Media Capture and Streams, 10.2.1). */
function stateAfter(error: unknown): CameraState {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'none' : 'busy';
}

const stop = (stream: MediaStream): void => stream.getTracks().forEach((track) => track.stop());

/** `again` opens it once more, for instance after the person has allowed it. */
export function useCamera(): {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly state: CameraState;
  readonly again: () => void;
} {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraState>('starting');
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isLeft = false;
    let stream: MediaStream | undefined;
    const open = async (): Promise<void> => {
      // Absent where the page does not come over HTTPS.
      if (!('mediaDevices' in navigator)) return setState('none');
      stream = await navigator.mediaDevices.getUserMedia(WANTED);
      if (isLeft || video.current === null) return stop(stream);
      video.current.srcObject = stream;
      await video.current.play();
      if (!isLeft) setState('on');
      // Unplugged, or taken away by the system.
      for (const track of stream.getVideoTracks()) track.addEventListener('ended', () => setState('busy'));
    };
    open().catch((error: unknown) => {
      if (!isLeft) setState(stateAfter(error));
    });
    return () => {
      isLeft = true;
      if (stream !== undefined) stop(stream);
    };
  }, [attempt]);
  const again = (): void => {
    setState('starting');
    setAttempt((before) => before + 1);
  };
  return { video, state, again };
}
