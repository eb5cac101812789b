/**
 * Digests of stored events (docs/decisions/106). Each covers the digest before it, so an event can neither be changed nor
 * taken out or moved without being found. They say what has happened to bytes, not who wrote them: there is no key in them.
 */
import { hash } from 'node:crypto';
import type { SerialisedEvent, StoredEvent } from './serialise.js';

/** SHA-256 in base64url without padding: 43 characters. */
const sha256 = (text: string): string => hash('sha256', text, 'base64url');

/**
 * Digest of an event of the embedded log, over its place and everything stored of it.
 * @param before digest of the event before it in the log; where a chain starts, the log's identity
 */
export function digestInLog(before: string, ordinal: number, event: Omit<StoredEvent, 'position'>): string {
  const { streamId, revision, id, type, recordedAt, data, metadata } = event;
  // Names hold no line breaks, and the length says where the data ends: two different events never give the same text.
  return sha256(`${before}\n${ordinal}\n${streamId}\n${revision}\n${id}\n${type}\n${recordedAt}\n${data.length}\n${data}\n${metadata}`);
}

/** What the digest of a stream's first event follows, and of the first one after events without a digest. */
export const STREAM_START = '';

/**
 * Digest of an event in a stream of EventStoreDB, which gives an event its position and time only when it is written.
 * @param before digest of the event before it in the stream, else {@link STREAM_START}
 * @param event its metadata without the digest
 */
export function digestInStream(before: string, streamId: string, revision: number, event: SerialisedEvent): string {
  const { id, type, data, metadata } = event;
  return sha256(`${before}\n${streamId}\n${revision}\n${id}\n${type}\n${data.length}\n${data}\n${metadata}`);
}
