/** Codes of the API as people read them. */

/** `refund_in_doubt` → `refund in doubt`, `fullReturn` → `full return` */
export const plain = (code: string): string =>
  code
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('_', ' ')
    .toLowerCase();

/** `in_review` → `In review` */
export const sentence = (code: string): string => {
  const words = plain(code);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** `1, 'unit'` → `1 unit`, `2, 'unit'` → `2 units` */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** Where in what was sent: `/reasons/2/label` → `reasons › 2 › label` */
export const fieldAt = (pointer: string): string => pointer.replace(/^\//, '').replaceAll('/', ' › ');

/** Basis points: `1250` → `12.5 %` */
export const percent = (bp: number): string => `${bp / 100} %`;

const TONES: Readonly<Record<string, string>> = {
  declined: 'gray.6',
  cancelled: 'gray.6',
  expired: 'gray.6',
  closed: 'gray.6',
  voided: 'gray.6',
  succeeded: 'green.8',
  refunded: 'green.8',
  issued: 'green.8',
  refund_blocked: 'red.8',
  refund_in_doubt: 'red.8',
  refund_failed: 'red.8',
  failed: 'red.8',
  in_doubt: 'red.8',
  fails: 'red.8',
  not_set_up: 'red.8',
  answers: 'green.8',
  parked: 'red.8',
  in_review: 'yellow.7',
  requested: 'yellow.7',
};

/** Colour of the dot beside a status or state; what it means, its words say. */
export const toneOf = (code: string): string => TONES[code] ?? 'blue.7';
