/** Ids that are no longer what the shop has: many orders end up under one, and customers see each other's. Pure. */
import type { FieldError } from '../http/problem.js';
import type { OrderBody } from './orders.dto.js';

/** `4.50123E+12`, `4,5E+12`, `1E+12`: how Excel, LibreOffice and Google Sheets show a long number, and what they save. A plain `1E5` or `2E-10` may be a real SKU. */
const SHORTENED = /^[+-]?\d+(?:[.,]\d+E[+-]?|E\+)\d{1,3}$/i;
/** What a cell shows instead of a value. */
const CELL_ERROR = /^#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|SPILL!|#+)$/i;
/** What programs write where they have nothing. */
const NO_VALUE = /^(?:undefined|null|NaN|\[object Object\])$/;

const WHAT_TO_DO = 'Nothing was taken from it. If it is really written like this, send it with `idsAsWritten=true` (`--ids-as-written`).';

/** Why the id cannot be trusted, and what to do; undefined for all others. */
function spoiled(id: string): string | undefined {
  if (SHORTENED.test(id))
    return `${id} was shortened by a spreadsheet: digits are lost, and other ids look the same now. Export it again from the shop, or format the column as text before the file is opened. ${WHAT_TO_DO}`;
  if (CELL_ERROR.test(id))
    return `${id} is the error of a spreadsheet's cell, not an id. Mend the formula, or export it again from the shop. ${WHAT_TO_DO}`;
  if (NO_VALUE.test(id)) return `${id} is what a program writes where it has no value. ${WHAT_TO_DO}`;
  return undefined;
}

/** Every id, number, SKU and barcode of the order that something on the way has spoiled. */
export function spoiledIds(orderId: string, { number, lines }: OrderBody): readonly FieldError[] {
  const named: readonly (readonly [pointer: string, id: string | null | undefined])[] = [
    ['/orderId', orderId],
    ['/number', number === orderId ? null : number],
    ...lines.flatMap(
      ({ sku, barcode }, index) =>
        [
          [`/lines/${index}/sku`, sku],
          [`/lines/${index}/barcode`, barcode],
        ] as const,
    ),
  ];
  return named.flatMap(([pointer, id]) => {
    const detail = spoiled(id?.trim() ?? '');
    return detail === undefined ? [] : [{ pointer, detail, in: 'body' as const }];
  });
}
