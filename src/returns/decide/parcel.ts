/** Decisions about labels, pickups and what the carrier reports. */
type On<Type extends string, Fields> = { readonly rail: 'parcel'; readonly type: Type; readonly at: string; readonly returnId: string } & Fields;

export type RequestLabel = On<'RequestLabel', { readonly carrier: string }>;
export type VoidLabel = On<'VoidLabel', { readonly labelId: string; readonly why: string }>;
/** What buying the label came to, told by the label process. */
export type RecordLabelOutcome = On<
  'RecordLabelOutcome',
  {
    readonly labelId: string;
    readonly outcome:
      | { readonly kind: 'issued'; readonly trackingNumber: string; readonly code: string | null; readonly costMinor: number; readonly documentRef: string }
      | { readonly kind: 'failed'; readonly code: string; readonly retryable: boolean }
      | { readonly kind: 'parked'; readonly code: string; readonly attempts: number };
  }
>;
export type SchedulePickup = On<'SchedulePickup', { readonly from: string; readonly until: string }>;
/** `picked_up` and `pickup_missed` answer the scheduled pickup; the others move the parcel. */
export type TrackingStatus = 'scanned' | 'in_transit' | 'delayed' | 'exception' | 'lost' | 'delivered' | 'picked_up' | 'pickup_missed';
export type RecordTracking = On<
  'RecordTracking',
  {
    readonly status: TrackingStatus;
    readonly trackingNumber: string | null;
    readonly place: string | null;
    readonly code: string | null;
    readonly expectedAt: string | null;
    readonly fault: 'customer' | 'merchant' | 'carrier' | null;
  }
>;
export type ParcelCommand = RequestLabel | VoidLabel | RecordLabelOutcome | SchedulePickup | RecordTracking;
