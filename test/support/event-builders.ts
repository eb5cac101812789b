import { randomUUID } from 'node:crypto';
import type { EventMetadata, JsonObject, NewEvent } from '../../src/eventing/event-store.js';

/** Metadata as a command would write it; override what the test is about. */
export function someMetadata(overrides: Partial<EventMetadata> = {}): EventMetadata {
  return {
    commandId: randomUUID(),
    commandHash: 'b5bb9d8014a0f9b1',
    correlationId: randomUUID(),
    causationId: randomUUID(),
    schemaVersion: 1,
    actor: { kind: 'warehouse', id: 'key-7', channel: 'api' },
    occurredAt: '2026-03-01T09:30:00.000Z',
    ...overrides,
  };
}

/** An event with a fresh id. */
export function someEvent(type = 'ItemReceived', data: JsonObject = { lineId: 'L1', quantity: 1 }): NewEvent {
  return { id: randomUUID(), type, data, metadata: someMetadata() };
}

/** `count` events that can be told apart by `data.n`, counted from `from`. */
export function someEvents(count: number, from = 0): NewEvent[] {
  return Array.from({ length: count }, (_, index) => someEvent('ItemReceived', { n: from + index }));
}

/** A stream id no other test uses, also on a server that keeps what earlier runs wrote. */
export function freshStream(): string {
  return `returns-${randomUUID()}`;
}
