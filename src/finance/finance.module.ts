import { Module, type OnModuleInit } from '@nestjs/common';
import { Views } from '../eventing/views.js';
import { Metrics } from '../http/metrics.js';
import { PhotosModule } from '../photos/photos.module.js';
import { LiabilityController } from './liability.controller.js';
import { RefundCommandsController } from './refund-commands.controller.js';
import { RefundLatencyController } from './refund-latency.controller.js';
import { RefundsController } from './refunds.controller.js';
import { REFUNDS } from './refunds.projection.js';
import { waitingForPeople } from './refunds.queries.js';
import { VerificationController } from './verification.controller.js';

/** What is owed and paid, how long customers wait for it, and what finance decides about it. */
@Module({
  imports: [PhotosModule],
  controllers: [RefundLatencyController, RefundsController, LiabilityController, RefundCommandsController, VerificationController],
})
export class FinanceModule implements OnModuleInit {
  constructor(
    private readonly views: Views,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    // Before the view is there nothing can be said; the other numbers must not be lost for it.
    this.metrics.gauge(
      'backhaul_refunds_waiting',
      'Payouts and money held back that wait for a person, or are disputed at the same time',
      'why',
      () =>
        this.views.read(REFUNDS, undefined, waitingForPeople).then(
          ({ result }) => result,
          () => [],
        ),
    );
  }
}
