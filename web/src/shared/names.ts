/** Plain words for the names the API uses. */

/** `in_doubt` → `In doubt` */
export function plain(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `1, 'payout'` → `1 payout`, `3, 'payout'` → `3 payouts` */
export const counted = (count: number, noun: string): string => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
