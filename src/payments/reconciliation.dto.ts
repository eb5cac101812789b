/** What is asked and told of a comparison with providers' books. Amounts in minor units. */
import { Id, ListOf, Minor, OneOf, Text, When, Whole } from '../http/fields.js';
import { DIFFERENCES, type DifferenceCode } from './reconciliation.js';

export class ReconciliationBody {
  @Id({ optional: true, description: 'Only this provider; all that can list their refunds without' }) readonly provider?: string;
  @Whole({ min: 1, max: 365, default: 30, description: 'How far back their list is read' }) readonly days: number = 30;
}

export class RefundDifferenceAnswer {
  @OneOf(DIFFERENCES) code!: DifferenceCode;
  @Text({ max: 500, description: 'What it means, and what to do' }) words!: string;
  @Text({ nullable: true }) returnId!: string | null;
  @Text({ nullable: true }) refundId!: string | null;
  @Text({ nullable: true, description: "The provider's id of the refund" }) providerRefundId!: string | null;
  @Minor({ nullable: true, description: 'By our log' }) hereMinor!: number | null;
  @Text({ nullable: true, description: 'ISO 4217' }) hereCurrency!: string | null;
  @Minor({ nullable: true, description: "By the provider's list" }) thereMinor!: number | null;
  @Text({ nullable: true, description: 'ISO 4217' }) thereCurrency!: string | null;
}

export class ReconciledProviderAnswer {
  @Text() provider!: string;
  @When({ description: 'Since when their list was read' }) since!: string;
  @Whole({ description: 'Refunds on their list' }) there!: number;
  @Whole({ description: 'Payouts in our log, of whatever time' }) here!: number;
  @Whole({ description: 'Refunds on their list of payments that no order here names' }) unrelated!: number;
  @ListOf(() => RefundDifferenceAnswer, { max: 100_000 }) differences!: RefundDifferenceAnswer[];
}

export class ReconciliationAnswer {
  @ListOf(() => ReconciledProviderAnswer) items!: ReconciledProviderAnswer[];
}
