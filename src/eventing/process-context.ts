/** What a process says about the commands it gives: ids that are the same however often it gives them. */
import { deriveCommandId, type CommandContext } from './execute-command.js';

/**
 * @param process name of the process
 * @param occasion names the command within the process: the same occasion is the same command
 * @param occurredAt ISO 8601 UTC
 * @param causationId what led to it; the occasion unless said otherwise
 */
export function processContext(process: string, occasion: string, occurredAt: string, causationId = occasion): CommandContext {
  const commandId = deriveCommandId(process, occasion);
  return { commandId, correlationId: commandId, causationId, actor: { kind: 'system', id: process, channel: 'process' }, occurredAt };
}
