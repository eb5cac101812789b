import { timingSafeEqual } from 'node:crypto';

/** In a time that tells nothing of where they differ; of another length they are not the same. */
export const sameBytes = (given: Uint8Array, right: Uint8Array): boolean => given.length === right.length && timingSafeEqual(given, right);
