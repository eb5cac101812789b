/** What is measured: a route that does nothing, receipt scans and filings, each with orders prepared for it. */
import { LINES, order, pieceOf, POLICY, scanOf, UNITS_PER_LINE, UNITS_PER_ORDER, wholeOf } from './orders.mjs';

/** Work prepared per second of measuring. */
const MOST_PER_SECOND = 5000;
/** Requests under way while orders are prepared. */
const CLIENTS = 16;

export const ROUTES = { noOp: 'no-op', scan: 'receipt scan', filing: 'filing a return' };

/** Registers orders, half of them with a return that is under way, enough for `seconds` of each route. */
export async function prepare(call, seconds) {
  await call('PUT', '/v1/policy', POLICY);
  const count = Math.ceil((seconds * MOST_PER_SECOND) / UNITS_PER_ORDER);
  const ids = (prefix) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
  const lines = [...ids('SCAN'), ...ids('FILE')].map((orderId) => JSON.stringify(order(orderId)));
  await call('POST', '/v1/orders/import', lines.join('\n'), 'application/x-ndjson');
  const waiting = ids('SCAN');
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
        await call('POST', `/v1/orders/${id}/returns`, wholeOf('own_shipping'));
    }),
  );
  return requests(count);
}

/** By route: gives the next request, each about another order than the one before. */
function requests(count) {
  const each = (what) => {
    let serial = -1;
    return () => {
      serial += 1;
      if (serial >= count * UNITS_PER_ORDER) throw new Error(`Too little was prepared for "${what}"; raise MOST_PER_SECOND`);
      return { serial, number: serial % count, lineId: LINES[Math.floor(serial / count / UNITS_PER_LINE)] };
    };
  };
  const nextScan = each(ROUTES.scan);
  const nextFiling = each(ROUTES.filing);
  return {
    noOp: () => ({ path: '/v1/bench/no-op', body: { quantity: 1, note: 'nothing happens' } }),
    scan() {
      const { serial, number, lineId } = nextScan();
      return { path: `/v1/returns/SCAN-${number}-R1/receipts`, body: scanOf(`s-${serial}`, lineId) };
    },
    filing() {
      const { number, lineId } = nextFiling();
      return { path: `/v1/orders/FILE-${number}/returns`, body: pieceOf(lineId) };
    },
  };
}
