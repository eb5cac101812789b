import { Module } from '@nestjs/common';
import { PolicyModule } from '../policy/policy.module.js';
import { PortalController } from './portal.controller.js';

/** What customers use to see what may come back, and to send it. */
@Module({ imports: [PolicyModule], controllers: [PortalController] })
export class PortalModule {}
