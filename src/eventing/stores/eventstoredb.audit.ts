/** Checks events of EventStoreDB against the digests in their metadata (docs/decisions/106). */
import type { RecordedEvent as ServerEvent } from '@eventstore/db-client';
import type { AuditBatch, AuditedEvent, LogFault } from '../event-store.js';
import { digestInStream, STREAM_START } from './digests.js';
import { toAuditedEvent } from './eventstoredb.mapping.js';

type Place = {
  readonly revision: number;
  /** Digests the next one may follow. Those it follows only if one was taken away from the event itself stand in `takenAway`. */
  readonly candidates: readonly string[];
  readonly takenAway: readonly string[];
};

/** Before a stream's first event, and where the event before is not known. */
const FIRST: Place = { revision: -1, candidates: [STREAM_START], takenAway: [] };
const UNKNOWN: Place = { revision: -1, candidates: [], takenAway: [] };

/** All that releases without digests wrote into metadata: anything else there was once something else. */
const METADATA_WITHOUT_DIGEST: ReadonlySet<string> = new Set([
  'commandId',
  'commandHash',
  'correlationId',
  'causationId',
  'schemaVersion',
  'actor',
  'occurredAt',
]);

/** Goes through the events of many streams, each stream's in their order. Gaps between revisions are not its business. */
export class StreamsCheck {
  readonly #places = new Map<string, Place>();

  take(events: readonly ServerEvent[]): AuditBatch {
    const good: AuditedEvent[] = [];
    const faults: LogFault[] = [];
    for (const event of events) {
      const audited = readable(event);
      if (audited !== undefined) good.push(audited);
      const words = audited === undefined ? this.#skip(event) : this.#faultOf(audited);
      if (words !== null) faults.push({ streamId: event.streamId, revision: Number(event.revision), words });
    }
    return { events: good, faults };
  }

  #skip({ streamId, revision }: ServerEvent): string {
    this.#places.set(streamId, { revision: Number(revision), candidates: [], takenAway: [] });
    return 'cannot be read: it is damaged, or another program wrote it';
  }

  #faultOf({ event, digest }: AuditedEvent): string | null {
    const { streamId, revision, id, type } = event;
    const last = this.#places.get(streamId);
    const place = revision === 0 ? FIRST : last;
    const before = place?.revision === revision - 1 ? place : UNKNOWN;
    const stored = { id, type, data: JSON.stringify(event.data), metadata: JSON.stringify(event.metadata) };
    const made = (digests: readonly string[]): readonly string[] => digests.map((each) => digestInStream(each, streamId, revision, stored));
    const should = made(before.candidates);
    if (digest === null) {
      // An event of an older release starts nothing; the next digest follows it as it would the stream's start.
      this.#places.set(streamId, { revision, candidates: [STREAM_START], takenAway: should });
      return Object.keys(event.metadata).every((key) => METADATA_WITHOUT_DIGEST.has(key))
        ? null
        : 'is not as it was written: its metadata is damaged';
    }
    this.#places.set(streamId, { revision, candidates: [...new Set([digest, ...should])], takenAway: [] });
    if (made(before.takenAway).includes(digest)) return 'follows an event whose digest was taken away';
    return should.length === 0 || should.includes(digest) ? null : 'is not as it was written: its digest is another one';
  }
}

function readable(event: ServerEvent): AuditedEvent | undefined {
  try {
    return toAuditedEvent(event);
  } catch {
    return undefined;
  }
}
