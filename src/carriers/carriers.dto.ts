/** What customers, shops and carriers send about parcels. */
import { Id, OneOf, Text, When } from '../http/fields.js';
import { FAULTS, type Fault } from '../policy/rules/policy.events.js';
import { ReturnPath } from '../returns/api/returns.dto.js';
import { TRACKING_STATUSES, type TrackingStatus } from '../returns/rules/decide/parcel.js';
import { LABEL_FORMATS, type LabelFormat } from './carrier.port.js';

export class LabelPath extends ReturnPath {
  @Id({ max: 140, description: '`{returnId}-L{n}`', example: 'A-1001-R1-L1' }) readonly labelId!: string;
}

export class LabelBody {
  @Id({ optional: true, max: 40, description: 'The carrier to buy it from; the usual one without' }) readonly carrier?: string;
}

export class LabelFileQuery {
  @OneOf(LABEL_FORMATS, { default: 'pdf' }) readonly format: LabelFormat = 'pdf';
}

export class PickupBody {
  @When({ description: 'Start of the time in which the courier comes' }) readonly from!: string;
  @When() readonly until!: string;
}

export class TrackingBody {
  @OneOf(TRACKING_STATUSES) readonly status!: TrackingStatus;
  @When({ optional: true, description: 'When it happened; now without' }) readonly at?: string;
  @Text({ optional: true, nullable: true, description: 'Where: a town or a depot, not an address' }) readonly place?: string | null;
  @Text({ optional: true, nullable: true, max: 100, description: 'Needed where the return has several parcels' }) readonly trackingNumber?:
    string | null;
  @Text({
    optional: true,
    nullable: true,
    max: 60,
    pattern: /^[a-z][a-z0-9_]*$/,
    description: 'What is wrong, with `exception`',
    example: 'damaged',
  })
  readonly code?: string | null;
  @When({ optional: true, nullable: true, description: 'The new day of delivery, with `delayed`' }) readonly expectedAt?: string | null;
  @OneOf(FAULTS, { optional: true, nullable: true, description: 'Whose doing, with `pickup_missed`' }) readonly fault?: Fault | null;
}
