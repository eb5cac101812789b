/**
 * Stored shapes are for ever, so old events are brought to today's shape when they are read. An upcaster turns `data`
 * of one schema version into that of the next; the current version of every event type stands in its model.
 */
import type { Json, JsonObject, RecordedEvent } from './event-store.js';

/** From one schema version's `data` to the next one's. Pure and total. */
export type Upcaster = (data: JsonObject) => JsonObject;

/** For upcasters that change a part of the data, which an old event may lack. */
export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** By event type, then by the version an upcaster starts from: `{ ItemGraded: { 1: data => ({ ...data, defects: [] }) } }`. */
export type Upcasters = { readonly [eventType: string]: { readonly [fromVersion: number]: Upcaster } | undefined };

/** What events there are and in which shape: current schema version by type, and the way there from older versions. */
export type EventShapes = {
  readonly versions: { readonly [eventType: string]: number };
  readonly upcasters: Upcasters;
};

/** The log holds an event that this release cannot read; nothing can be decided or shown from it. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

/**
 * The event in today's shape; the very same object when it already is.
 * @throws UnreadableEventError unknown type, newer version than known, or a gap in the upcasters
 */
export function upcast(shapes: EventShapes, event: RecordedEvent): RecordedEvent {
  const current = shapes.versions[event.type];
  const stored = event.metadata.schemaVersion;
  if (stored === current) return event;
  if (current === undefined) {
    throw new UnreadableEventError(
      `${describe(event)} is of a type this release does not know. It was written by a newer release; run that one.`,
    );
  }
  if (stored > current) {
    throw new UnreadableEventError(
      `${describe(event)} has schema version ${stored}, this release knows up to ${current}. It was written by a newer release; run that one.`,
    );
  }
  let data = event.data;
  for (let version = stored; version < current; version += 1) {
    const step = shapes.upcasters[event.type]?.[version];
    if (step === undefined)
      throw new UnreadableEventError(
        `${describe(event)} has schema version ${stored}, and there is no upcaster from ${version} to ${version + 1}.`,
      );
    data = step(data);
  }
  return { ...event, data, metadata: { ...event.metadata, schemaVersion: current } };
}

function describe(event: RecordedEvent): string {
  return `Event ${event.type} at revision ${event.revision} of ${event.streamId}`;
}

/**
 * The shapes of all models together, for whoever reads the whole log (views, processes). Every module registers its
 * models in `onModuleInit`.
 */
export class EventCatalogue {
  readonly #shapes: { readonly versions: Record<string, number>; readonly upcasters: Record<string, Upcasters[string]> } = {
    versions: {},
    upcasters: {},
  };

  /** @throws Error another model already declared one of the types */
  register(shapes: EventShapes): void {
    for (const [type, version] of Object.entries(shapes.versions)) {
      const known = this.#shapes.versions[type];
      if (known !== undefined && (known !== version || this.#shapes.upcasters[type] !== shapes.upcasters[type])) {
        throw new Error(`Two models declare the event type ${type}`);
      }
      this.#shapes.versions[type] = version;
      this.#shapes.upcasters[type] = shapes.upcasters[type];
    }
  }

  /**
   * Old events would reach a reader in their old shape if nobody had registered them, so this is checked at start.
   * @throws Error naming the types no model declares
   */
  assertKnows(reader: string, types: Iterable<string>): void {
    const unknown = [...types].filter((type) => this.#shapes.versions[type] === undefined);
    if (unknown.length > 0) {
      throw new Error(
        `${reader} handles ${unknown.join(', ')}, but no model declares them: call EventCatalogue.register(model) in the onModuleInit of its module`,
      );
    }
  }

  /** @throws UnreadableEventError see `upcast` */
  upcast(event: RecordedEvent): RecordedEvent {
    return upcast(this.#shapes, event);
  }
}
