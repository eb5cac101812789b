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

/** An event with a fresh id, of a type no service knows: a server that tests ran against must do for a service, too. */
export function someEvent(type = 'ContractTested', data: JsonObject = { lineId: 'L1', quantity: 1 }): NewEvent {
  return { id: randomUUID(), type, data, metadata: someMetadata() };
}

/** `count` events that can be told apart by `data.n`, counted from `from`. */
export function someEvents(count: number, from = 0): NewEvent[] {
  return Array.from({ length: count }, (_, index) => someEvent('ContractTested', { n: from + index }));
}

/** What the streams of the stores' tests begin with: no stream of a service does. */
export const TEST_STREAMS = ['contract-'] as const;

/** A stream id no other test uses, also on a server that keeps what earlier runs wrote. */
export function freshStream(): string {
  return `${TEST_STREAMS[0]}${randomUUID()}`;
}
