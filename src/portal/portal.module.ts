import { Module } from '@nestjs/common';
import { CarriersModule } from '../carriers/carriers.module.js';
import { PhotosModule } from '../photos/photos.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { PortalCommands } from './portal.commands.js';
import { PortalController } from './portal.controller.js';

/** What customers use to see what may come back, and to send it. */
@Module({
  imports: [PolicyModule, CarriersModule, PhotosModule],
  controllers: [PortalController],
  providers: [PortalCommands],
})
export class PortalModule {}
