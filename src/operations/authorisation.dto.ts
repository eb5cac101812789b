/** What staff's decisions about a return take. */
import { Id, Text } from '../http/fields.js';

/** Words of people go to the contacts store; a plain code (`customer_request`) stays readable in the log. */
export class StaffDecisionBody {
  @Text({ optional: true, nullable: true, max: 1000, multiline: true, description: 'Why, as a code or in words' })
  readonly reason?: string | null;
}

export class DeclineBody extends StaffDecisionBody {
  @Id({ max: 60, default: 'declined_by_staff', description: 'Why, as a code that stays' })
  readonly code!: string;
  @Text({ optional: true, nullable: true, max: 1000, multiline: true, description: 'Words for the customer' })
  readonly note?: string | null;
}

export class ReviewBody extends StaffDecisionBody {
  @Id({ max: 60, default: 'sent_by_staff' })
  readonly code!: string;
}
