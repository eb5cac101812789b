/** Names for commands that come out the same each time, so that a repeated command can be recognised. */
import { hash } from 'node:crypto';
import { parse, v5 } from 'uuid';
import type { NewEvent } from './event-store.js';

/** As bytes: read once instead of for every event. */
const NAMESPACE = parse('5f0c1f5e-6a0b-5b1c-9d5e-2b8e4f7a9c31');

const uuidv5 = (name: string): string => v5(Buffer.from(name), NAMESPACE);

/**
 * The command id of a caller's request: the same principal with the same key always gets the same UUID.
 * @param idempotencyKey the caller's own key, together with whatever else makes the request another one (e.g. a stream)
 */
export function deriveCommandId(principalId: string, idempotencyKey: string): string {
  return uuidv5(JSON.stringify([principalId, idempotencyKey]));
}

/**
 * Id of the `index`th event of a command. Sending the same events again makes the same ids; a command that was decided
 * again makes others, since a store does not compare what events say, only what they are called (docs/decisions/106).
 * @param event all of it but the id
 */
export function eventIdOf(commandId: string, index: number, event: Omit<NewEvent, 'id'>): string {
  return uuidv5(`${commandId}#${index}#${JSON.stringify(event)}`);
}

/**
 * SHA-256 (hex) of a command's content: independent of the order of keys, without the top-level `at`, which is only
 * when the service was asked and differs between a request and its repetition.
 */
export function hashCommand(command: unknown): string {
  const content = typeof command === 'object' && command !== null && !Array.isArray(command) ? { ...command, at: undefined } : command;
  return hash('sha256', canonicalJson(content));
}

/** JSON with sorted keys; `undefined` members are left out as in `JSON.stringify`. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const [key, member] of Object.entries(value).sort(byKey)) {
    if (member !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
