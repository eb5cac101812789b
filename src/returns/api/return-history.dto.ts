/** A return's history as it is answered. Times ISO 8601 UTC. */
import { Worded } from '../../http/documentation.js';
import { Id, ListOf, Minor, OneOf, Part, Text, When, Whole } from '../../http/fields.js';

export class AsOfQuery {
  @When({ optional: true, description: 'As the return was known at this moment' })
  readonly asOf?: string;
}

export class WhoAnswer {
  @OneOf(['customer', 'shop', 'warehouse', 'finance', 'admin', 'carrier', 'provider', 'system'])
  readonly kind!: string;
  @Text({ optional: true, max: 300, description: 'Id of key or account; staff only' })
  readonly id?: string;
  @OneOf(['api', 'portal', 'import', 'webhook', 'process', 'cli'], { optional: true, description: 'Staff only' })
  readonly channel?: string;
}

export class HistoryItemAnswer {
  @When({ description: 'When it happened' })
  readonly at!: string;
  @When({ description: 'When the service was told' })
  readonly recordedAt!: string;
  @Whole()
  readonly revision!: number;
  @Text()
  readonly type!: string;
  @Text({ max: 4000 })
  readonly words!: string;
  @Minor({ nullable: true, description: 'Money it is about, in minor units of `currency`; null where it is about none' })
  readonly amountMinor!: number | null;
  @Part(() => WhoAnswer)
  readonly who!: WhoAnswer;
}

@Worded()
export class HistoryAnswer {
  @Id({ max: 120 })
  readonly returnId!: string;
  @Text({ max: 3 })
  readonly currency!: string;
  @ListOf(() => HistoryItemAnswer, { max: 100_000 })
  readonly items!: HistoryItemAnswer[];
}
