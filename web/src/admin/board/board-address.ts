/** The board's filters as they stand in its address, and as the API takes them. Pure. */
import type { paths } from '../../shared/api/schema';
import { METHODS, OUTCOMES } from '../offers';

type Query = NonNullable<paths['/v1/returns']['get']['parameters']['query']>;

export const STATUSES = [
  'requested',
  'in_review',
  'approved',
  'label_issued',
  'in_transit',
  'delivered',
  'receiving',
  'received',
  'inspecting',
  'refunding',
  'partially_refunded',
  'refunded',
  'refund_blocked',
  'refund_failed',
  'refund_in_doubt',
  'declined',
  'cancelled',
  'expired',
  'closed',
] as const satisfies Query['status'];
/** Days since the request. */
export const AGES = [1, 3, 7, 14, 30] as const;

/** What the API takes, but for the size of a page. */
export type BoardFilter = Readonly<Omit<Query, 'limit'>>;

const DAY_SECONDS = 86_400;
const listed = <List extends readonly string[]>(text: string | null, known: List): List[number][] => {
  const named = new Set((text ?? '').split(','));
  return known.filter((each) => named.has(each));
};

/** What the address asks for; what it cannot mean is left out. */
export function filterIn(address: URLSearchParams): BoardFilter {
  const text = (name: 'q' | 'sku' | 'customer' | 'orderId' | 'cursor') => {
    const value = address.get(name)?.trim() ?? '';
    return value === '' ? {} : { [name]: value };
  };
  const status = listed(address.get('status'), STATUSES);
  const method = listed(address.get('method'), METHODS);
  const outcome = listed(address.get('outcome'), OUTCOMES);
  const days = Number(address.get('olderThanDays') ?? 0);
  return {
    ...text('q'),
    ...text('sku'),
    ...text('customer'),
    ...text('orderId'),
    ...text('cursor'),
    ...(status.length > 0 ? { status } : {}),
    ...(method.length > 0 ? { method } : {}),
    ...(outcome.length > 0 ? { outcome } : {}),
    ...(Number.isSafeInteger(days) && days > 0 && days <= 3650 ? { minAgeSeconds: days * DAY_SECONDS } : {}),
    ...(address.get('refundedAhead') === 'true' ? { refundedAhead: true } : {}),
    ...(address.get('needsDecision') === 'true' ? { needsDecision: true } : {}),
    ...(address.get('sort') === 'oldest' ? { sort: 'oldest' } : {}),
  };
}

/** Address of the same list at the API, all pages. */
export function apiAddress({ cursor: _cursor, ...filter }: BoardFilter): string {
  const query = new URLSearchParams(
    Object.entries(filter).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  );
  return `/v1/returns?${query.toString()}`;
}
