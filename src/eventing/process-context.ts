/** What a process says about the commands it gives: ids that are the same however often it gives them. */
import { deriveCommandId, type CommandContext, type CommandSource } from './execute-command.js';

/** Somebody else's service, that tells something or was asked. */
export const byProvider = (id: string): CommandContext['actor'] => ({ kind: 'provider', id, channel: 'process' });

/**
 * @param process name of the process
 * @param occasion names the command within the process: the same occasion is the same command, whatever it says by then
 * @param occurredAt ISO 8601 UTC
 * @param more what led to it (the occasion unless said otherwise), what it belongs to, and who acts through the process
 */
export function fromProcess(
  process: string,
  occasion: string,
  occurredAt: string,
  more: Partial<Pick<CommandContext, 'causationId' | 'correlationId' | 'actor'>> = {},
): CommandSource {
  const commandId = deriveCommandId(process, occasion);
  const actor = { kind: 'system', id: process, channel: 'process' } as const;
  return {
    context: () => ({ commandId, correlationId: commandId, causationId: occasion, actor, occurredAt, payloadHash: null, ...more }),
  };
}
