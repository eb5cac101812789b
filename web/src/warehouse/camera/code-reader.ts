/** The code in the camera's picture; null without one. */
export type CodeReader = (video: HTMLVideoElement) => Promise<string | null>;
