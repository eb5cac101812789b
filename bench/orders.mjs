/** An order as shops have them, and what is asked of it. */
export const LINES = ['1', '2', '3'];
export const UNITS_PER_LINE = 4;
export const UNITS_PER_ORDER = LINES.length * UNITS_PER_LINE;

/** Refunds wait for inspection, so a scan is a scan and no payout runs beside it. */
export const POLICY = { windowDays: null, inspectionRequired: true, refundTrigger: 'inspected' };

export function order(orderId, provider = 'manual') {
  const paid = { netMinor: 1000 * UNITS_PER_LINE, taxMinor: 190 * UNITS_PER_LINE };
  return {
    orderId,
    number: orderId,
    placedAt: new Date().toISOString(),
    currency: 'EUR',
    customer: { name: 'Bench', email: 'bench@example.com' },
    lines: LINES.map((lineId) => ({ lineId, sku: `SKU-${lineId}`, title: `Thing ${lineId}`, quantity: UNITS_PER_LINE, paid })),
    payments: [{ paymentId: 'p1', provider, reference: 'none', method: 'card', capturedMinor: 1190 * UNITS_PER_ORDER }],
  };
}

/** Everything comes back. */
export const wholeOf = (method) => ({
  lines: LINES.map((lineId) => ({ lineId, quantity: UNITS_PER_LINE, reason: 'changed_mind', condition: 'opened' })),
  outcome: 'original_payment',
  method,
});

/** One piece of an order comes back. */
export const pieceOf = (lineId) => ({
  lines: [{ lineId, quantity: 1, reason: 'too_small', condition: 'opened' }],
  outcome: 'original_payment',
  method: 'own_shipping',
});

/** A scan of one piece. */
export const scanOf = (scanId, lineId) => ({ scanId, station: 'bench', items: [{ lineId, quantity: 1 }] });
