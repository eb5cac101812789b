import { describe, expect, it } from '@jest/globals';
import { CURRENCIES } from '../../../src/returns/rules/money/decimals.js';
import { inWords } from '../../../src/returns/words/amounts.js';
import { money } from '../../../web/src/shared/words/money.js';

describe('An amount on a page', () => {
  it('has the decimal places it is booked with, also where browsers show fewer', () => {
    expect(['HUF', 'IDR', 'EUR', 'JPY', 'KWD'].map((currency) => money(129_900, currency, 'en'))).toEqual([
      'HUF\u00a01,299.00',
      'IDR\u00a01,299.00',
      '€1,299.00',
      '¥129,900',
      'KWD\u00a0129.900',
    ]);
  });

  it('loses nothing, however large', () => {
    expect([money(Number.MAX_SAFE_INTEGER, 'USD', 'en'), money(-1, 'EUR', 'de')]).toEqual(['$90,071,992,547,409.91', '-0,01\u00a0€']);
  });

  it.each(CURRENCIES)('reads as the service writes it: %s', (currency) => {
    for (const minor of [0, 7, 1234, -5, 10_000_000])
      expect([money(minor, currency, 'en'), money(minor, currency, 'de')]).toEqual([
        inWords(minor, currency),
        inWords(minor, currency, 'de'),
      ]);
  });
});
