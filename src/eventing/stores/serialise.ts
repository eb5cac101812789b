/**
 * What both stores do before and after the database: check an append, turn events into JSON text and back. Checking
 * here, before anything is sent, keeps one bad append from harming others that share its transaction or connection.
 */
import {
  AppendTooLargeError,
  MAX_APPEND_BYTES,
  type EventMetadata,
  type ExpectedRevision,
  type JsonObject,
  type NewEvent,
  type Position,
  type RecordedEvent,
} from '../event-store.js';

/** An event with its JSON as text, ready to be stored. */
export type SerialisedEvent = {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
};

/** Where a serialised event was stored. `recordedAt` in milliseconds since 1970. */
export type StoredEvent = SerialisedEvent & {
  readonly streamId: string;
  readonly revision: number;
  readonly position: Position;
  readonly recordedAt: number;
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Control characters and lone surrogates do not survive every store's text type. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

function checkName(what: string, name: string): void {
  // `$` is EventStoreDB's own namespace; its events would be invisible to subscribers.
  if (name === '' || name.startsWith('$') || UNSTORABLE.test(name)) {
    throw new TypeError(`Not a usable ${what}: ${JSON.stringify(name)}`);
  }
}

function toJson(what: string, value: JsonObject): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`The ${what} of an event must be a JSON object`);
  return text;
}

/** What a digest adds to the metadata of an event: `,"digest":"…"`. */
const DIGEST_BYTES = 56;

/**
 * Bytes of an append as EventStoreDB counts them: data and metadata as UTF-8, with the digest to come, plus two per
 * character of the type.
 */
function appendBytes(events: readonly SerialisedEvent[]): number {
  return events.reduce(
    (sum, event) => sum + Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata) + DIGEST_BYTES + 2 * event.type.length,
    0,
  );
}

/**
 * Checks an append and serialises its events.
 * @throws TypeError no events, an unusable stream id, type or event id, an id used twice, or data that is not JSON
 * @throws RangeError an expected revision that is not a whole number from 0
 * @throws AppendTooLargeError more than MAX_APPEND_BYTES
 */
export function serialiseAppend(streamId: string, events: readonly NewEvent[], expected: ExpectedRevision): readonly SerialisedEvent[] {
  checkName('stream id', streamId);
  if (expected !== 'no-stream' && !(Number.isSafeInteger(expected) && expected >= 0)) {
    throw new RangeError(`Not a revision: ${expected}`);
  }
  if (events.length === 0) throw new TypeError(`An append to ${streamId} needs at least one event`);
  if (new Set(events.map((event) => event.id)).size !== events.length) {
    throw new TypeError(`An append to ${streamId} uses an event id twice`);
  }
  const serialised = events.map((event) => {
    checkName('event type', event.type);
    if (!UUID.test(event.id)) throw new TypeError(`An event id must be a lower-case UUID: ${JSON.stringify(event.id)}`);
    return {
      id: event.id,
      type: event.type,
      data: toJson('data', event.data),
      metadata: toJson('metadata', event.metadata),
    };
  });
  const bytes = appendBytes(serialised);
  if (bytes > MAX_APPEND_BYTES) throw new AppendTooLargeError(bytes);
  return serialised;
}

/** The event as readers get it: parsed anew, so that live and replayed events are the same to the last key. */
export function toRecorded(stored: StoredEvent): RecordedEvent {
  return {
    id: stored.id,
    type: stored.type,
    data: JSON.parse(stored.data) as JsonObject,
    metadata: JSON.parse(stored.metadata) as EventMetadata,
    streamId: stored.streamId,
    revision: stored.revision,
    position: stored.position,
    recordedAt: new Date(stored.recordedAt).toISOString(),
  };
}
