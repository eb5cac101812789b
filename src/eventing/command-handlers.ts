/** A command has one handler. @nestjs/cqrs itself warns of a second one and lets it take the first one's place. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** Under which `@CommandHandler` notes the command on its class; the package does not export the name. */
const HANDLED_COMMAND = '__commandHandler__';

/** Two handlers claim the same command. */
export class TwoHandlersError extends Error {
  override readonly name = 'TwoHandlersError';
}

@Injectable()
export class CommandHandlers implements OnModuleInit {
  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws TwoHandlersError */
  onModuleInit(): void {
    const handlers = new Map<unknown, string>();
    for (const { instance, metatype } of this.discovery.getProviders()) {
      const handler: unknown = (instance as object | null | undefined)?.constructor ?? metatype;
      if (typeof handler !== 'function') continue;
      const command: unknown = Reflect.getMetadata(HANDLED_COMMAND, handler);
      if (typeof command !== 'function') continue;
      const other = handlers.get(command);
      if (other !== undefined) throw new TwoHandlersError(`${command.name} is handled by ${other} and by ${handler.name}`);
      handlers.set(command, handler.name);
    }
  }
}
