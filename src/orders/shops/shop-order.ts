/** What the orders of all shops have in common on their way to facts. Pure; amounts in minor units, never floats. */
import { DomainError } from '../../eventing/decider.js';
import { allocate, split } from '../../returns/rules/money/allocate.js';
import { digitsOf, minorFromDecimal } from '../../returns/rules/money/decimals.js';
import type { NetTax } from '../../returns/rules/returns.events.js';
import { readInstant } from '../../shared/instants.js';
import { isObject } from '../../shared/objects.js';
import { beginningOf } from '../../shared/plain-signs.js';
import type { CustomerBody, OrderBody, OrderLineBody } from '../orders.dto.js';

/** What is known of an order while its shop tells of it anew. */
export type KnownOrder = {
  readonly isRegistered: boolean;
  hasLine(lineId: string): boolean;
  /** Units of the line in returns of ours: they stay, whatever the shop has done with them since. */
  claimedOf(lineId: string): number;
  readonly transitBufferDays: number;
};

/** Money that went back in the shop; `at`: ISO 8601 UTC. */
export type ShopRefund = { readonly paymentId: string; readonly reference: string; readonly amountMinor: number; readonly at: string };

export type ShopNews = {
  readonly orderId: string;
  /** When the shop's order last changed, ISO 8601 UTC: what is older than what is recorded changes nothing. */
  readonly updatedAt: string;
  /** null: nothing to register, e.g. a checkout that was given up. */
  readonly order: OrderBody | null;
  readonly refunds: readonly ShopRefund[];
};

export type Json = Readonly<Record<string, unknown>>;
const NOTHING: Json = {};
export const objectIn = (value: unknown): Json => (isObject(value) ? value : NOTHING);
export const listIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
/** Ids come as numbers or as texts; `null` and blanks are nothing. */
export const textIn = (value: unknown, most = 200): string | null =>
  typeof value === 'string' || typeof value === 'number' ? beginningOf(String(value), most) || null : null;
/** Plugins sell halves; a piece of something is one unit. */
export const unitsIn = (value: unknown): number => Math.max(0, Math.ceil(Number(value ?? 0)) || 0);

/** @throws DomainError validation_failed */
export function unreadable(what: string): never {
  throw new DomainError('validation_failed', `The shop's order cannot be read: ${what}.`);
}

/** @throws DomainError validation_failed what is no point in time */
export const instantIn = (value: unknown, what: string): string =>
  readInstant(typeof value === 'string' ? value : '', 'UTC') ?? unreadable(`${what} is no point in time`);

export const daysAfter = (at: string, days: number): string => new Date(Date.parse(at) + days * 86_400_000).toISOString();

export function digitsIn(currency: string | null): number {
  return digitsOf(currency ?? '') ?? unreadable(`${currency ?? 'nothing'} is no currency`);
}

/** `"-12.50"`, and `12.5` as some plugins write it. @throws DomainError validation_failed */
export function minorIn(value: unknown, digits: number, what: string): number {
  const text = typeof value === 'number' ? value.toFixed(6) : typeof value === 'string' ? value.trim() : '';
  const minor = minorFromDecimal(text.replace(/^-/, ''), digits) ?? unreadable(`${what} is no amount`);
  return text.startsWith('-') ? 0 - minor : minor;
}

export const grossOf = ({ netMinor, taxMinor }: NetTax): number => netMinor + taxMinor;

/** What remains of a line when some of its units are gone: the amounts of the first ones, as they are spread over units. */
export function paidFor(paid: NetTax, of: number, quantity: number): NetTax {
  const first = (amountMinor: number): number =>
    quantity >= of
      ? amountMinor
      : split(amountMinor, of)
          .slice(0, quantity)
          .reduce((sum, part) => sum + part, 0);
  return { netMinor: first(paid.netMinor), taxMinor: first(paid.taxMinor) };
}

/** A line as it was sold, and how many of its units are left. */
export type SoldLine = Omit<OrderLineBody, 'quantity' | 'paid'> & {
  readonly sold: number;
  readonly paid: NetTax;
  readonly left: number;
};

type Amounts = { readonly lines: readonly SoldLine[]; readonly shipping: NetTax };
const OTHER_CHARGES = 'other-charges';

/** Takes an amount off: net and tax in proportion. */
function less(paid: NetTax, offMinor: number): NetTax {
  const gross = grossOf(paid);
  if (offMinor === 0 || gross === 0) return paid;
  const leftMinor = gross - offMinor;
  const taxMinor = Number((BigInt(paid.taxMinor) * BigInt(leftMinor)) / BigInt(gross));
  return { netMinor: leftMinor - taxMinor, taxMinor };
}

/**
 * Makes lines and shipping come to what the order cost, to the minor unit. Shops round by line and by order, and charge what
 * is in no line: tips, duties and fees become a line that cannot be returned. What the lines come to beyond the total (a
 * discount told only for the order, cash rounding) is taken off everything in proportion, so that no more can come back.
 */
export function balanced({ lines, shipping }: Amounts, totalMinor: number): Amounts {
  const sum = (amounts: readonly NetTax[]): number => amounts.reduce((all, each) => all + grossOf(each), 0);
  const pieces = lines.reduce((all, line) => all + line.sold, 1);
  const difference = Math.max(0, totalMinor) - sum([...lines.map((line) => line.paid), shipping]);
  if (difference === 0) return { lines, shipping };
  if (difference > 0) {
    const dearest = lines.toSorted((a, b) => grossOf(b.paid) - grossOf(a.paid))[0];
    if (difference > pieces || dearest === undefined) return { lines: [...lines, otherCharges(difference)], shipping };
    const more = { netMinor: dearest.paid.netMinor + difference, taxMinor: dearest.paid.taxMinor };
    return { lines: lines.map((line) => (line === dearest ? { ...line, paid: more } : line)), shipping };
  }
  // The total of an edited order may be without the units that were taken away.
  const remaining = sum([...lines.map(({ paid, sold, left }) => paidFor(paid, sold, left)), shipping]);
  if (Math.abs(Math.max(0, totalMinor) - remaining) <= pieces && lines.some(({ sold, left }) => left < sold)) return { lines, shipping };
  const parts = allocate(-difference, [...lines.map((line) => grossOf(line.paid)), grossOf(shipping)]);
  return {
    lines: lines.map((line, index) => ({ ...line, paid: less(line.paid, parts[index] ?? 0) })),
    shipping: less(shipping, parts[lines.length] ?? 0),
  };
}

/** A fee, tip or duty: nothing that can come back. */
export const chargeLine = (lineId: string, title: string, paid: NetTax): SoldLine => ({
  ...{ lineId, kind: 'service', title, paid, sold: 1, left: 1, fulfilledQuantity: 1, finalSale: true },
});
const otherCharges = (netMinor: number): SoldLine => chargeLine(OTHER_CHARGES, 'Tip, duties and other charges', { netMinor, taxMinor: 0 });

/** The lines as `PUT /v1/orders/{orderId}` takes them. A line that is gone is told only where it was known. */
export function linesOf(lines: readonly SoldLine[], known: KnownOrder): readonly OrderLineBody[] {
  return lines.flatMap(({ sold, left, paid, ...line }): readonly OrderLineBody[] => {
    const claimed = known.claimedOf(line.lineId);
    const quantity = Math.min(sold, Math.max(left, claimed));
    if (quantity === 0 && !known.hasLine(line.lineId)) return [];
    const fulfilledQuantity = Math.min(quantity, Math.max(line.fulfilledQuantity ?? 0, claimed));
    return [{ ...line, quantity, fulfilledQuantity, deliveredAt: line.deliveredAt ?? null, paid: paidFor(paid, sold, quantity) }];
  });
}

type Told = { readonly name: string; readonly email: unknown; readonly phone: unknown; readonly address: Json };
type AddressNames = { readonly [part in 'line1' | 'line2' | 'region' | 'postalCode' | 'country']: string };

/** @returns undefined where nobody is named (a sale at the counter): what is known stays */
export function customerIn({ name, email, phone, address }: Told, names: AddressNames): CustomerBody | undefined {
  const part = (field: string, most = 200): string | null => textIn(address[field], most);
  const parts = {
    ...{ line1: part(names.line1), line2: part(names.line2), city: part('city'), region: part(names.region) },
    ...{ postalCode: part(names.postalCode, 20), country: part(names.country, 60) },
  };
  const who = { name: textIn(name), email: textIn(email, 320), phone: textIn(phone, 50) };
  return [...Object.values(who), parts.line1, parts.postalCode].every((each) => each === null) ? undefined : { ...who, address: parts };
}
