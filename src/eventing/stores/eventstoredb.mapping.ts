/** How our events, positions and connection strings look on EventStoreDB's side. */
import {
  EventStoreDBClient,
  jsonEvent,
  type EventData,
  type Position as LogPosition,
  type RecordedEvent as ServerEvent,
} from '@eventstore/db-client';
import type { AuditedEvent, EventMetadata, JsonObject, NewEvent, Position, RecordedEvent } from '../event-store.js';
import { ForeignEventError, within } from './eventstoredb.errors.js';

/** Digits of the largest unsigned 64-bit number, which log positions are. */
const WIDTH = 20;

/** Before the first event of any log. */
export const ZERO_POSITION = formatPosition({ commit: 0n, prepare: 0n });

/** `commit/prepare`, both padded so that positions compare as strings. */
export function formatPosition({ commit, prepare }: LogPosition): Position {
  return `${String(commit).padStart(WIDTH, '0')}/${String(prepare).padStart(WIDTH, '0')}` as Position;
}

/** @throws Error not a position of this kind of store */
export function parsePosition(position: Position | 'start'): LogPosition | 'start' {
  if (position === 'start' || position === ZERO_POSITION) return 'start';
  const [, commit, prepare] = /^(\d{20})\/(\d{20})$/.exec(position) ?? [];
  if (commit === undefined || prepare === undefined) throw new Error(`Not a position in EventStoreDB: ${position}`);
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
}

/** An event about to be sent. Its digest travels in the metadata: the server has no other place for it. */
export type SealedEvent = NewEvent & { readonly digest: string };

export function toEventData({ id, type, data, metadata, digest }: SealedEvent): EventData {
  return jsonEvent({ id, type, data, metadata: { ...metadata, digest } });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMetadata(value: unknown): value is EventMetadata & { readonly digest?: unknown } {
  return isObject(value) && typeof value['commandId'] === 'string' && typeof value['schemaVersion'] === 'number';
}

/** The event as readers get it. @throws ForeignEventError an event in one of our streams that this service did not write */
export const toRecordedEvent = (event: ServerEvent): RecordedEvent => toAuditedEvent(event).event;

/**
 * The event as readers get it, and its digest.
 * @throws ForeignEventError an event in one of our streams that this service did not write
 */
export function toAuditedEvent(event: ServerEvent): AuditedEvent {
  const { id, type, streamId, created, revision, position } = event;
  const data: unknown = event.data;
  const metadata: unknown = event.metadata;
  if (!event.isJson || !isObject(data) || !isMetadata(metadata) || position === undefined) {
    throw new ForeignEventError(
      `Event ${revision} of stream ${streamId} (${type}) was not written by this service, though the stream is one of its own. ` +
        'Other programs may use the same EventStoreDB (24.6 or newer), but not streams of these names.',
    );
  }
  const { digest, ...ours } = metadata;
  return {
    event: {
      id,
      type,
      data,
      metadata: ours,
      streamId,
      revision: Number(revision),
      position: formatPosition(position),
      recordedAt: created.toISOString(),
    },
    digest: typeof digest === 'string' ? digest : null,
  };
}

const KNOWN_KEYS = new Set(
  [
    'tls',
    'tlsCAFile',
    'userCertFile',
    'userKeyFile',
    'nodePreference',
    'maxDiscoverAttempts',
    'discoveryInterval',
    'gossipTimeout',
    'keepAliveInterval',
    'keepAliveTimeout',
    'defaultDeadline',
    'connectionName',
  ].map((key) => key.toLowerCase()),
);

/**
 * A client for a connection string (`esdb://` or `esdb+discover://`). Keys are checked here because the client only
 * prints a warning for those it does not know, with the whole string and the password in it.
 * @throws Error naming what is wrong, never repeating the string
 */
export function connect(connectionString: string): EventStoreDBClient {
  const [, query = ''] = connectionString.split('?');
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [key = ''] = pair.split('=');
    if (!KNOWN_KEYS.has(key.toLowerCase())) throw new Error(`EVENTSTORE_URL: "${key}" is not a usable option`);
  }
  try {
    return EventStoreDBClient.connectionString(connectionString);
  } catch {
    throw new Error('EVENTSTORE_URL is not a connection string, e.g. esdb://user:password@host:2113?tls=true');
  }
}

/** A disposed client may wait for a stream that never ends (milliseconds). */
const DISPOSE_MS = 1000;

/** Ends what a client has open. Bounded, and never a failure: the client is given up either way. */
export async function dispose(client: EventStoreDBClient): Promise<void> {
  await within(DISPOSE_MS, 'dispose', client.dispose()).catch(() => {});
}
