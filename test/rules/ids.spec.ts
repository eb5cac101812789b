import { describe, expect, it } from '@jest/globals';
import { isId, tidyId } from '../../src/http/texts.js';

describe('An id', () => {
  it('may hold letters, digits and signs of any script, and blanks inside', () => {
    for (const id of [
      'A-1001',
      '#1001',
      'A/1',
      '1',
      'Order 1001',
      '2026/11-#5 (B)',
      'Größe-7',
      '注文１００１',
      'заказ 5',
      'gid://shopify/Order/450789469',
      '_x',
      '-1',
      '$5',
      '"q"',
      '<b>',
      'a\\b',
      '..a',
      '🎁1',
    ]) {
      expect([id, isId(id, 80)]).toEqual([id, true]);
    }
  });

  it('holds nothing that cannot be seen, and nothing that addresses read otherwise', () => {
    for (const id of [
      '',
      ' ',
      ' A',
      'A ',
      'A\tB',
      'A\nB',
      'A\0',
      'A\u00A0B',
      'A\u3000B',
      'A\u200BB',
      'A\u00AD1',
      '\uFEFFA',
      'A\u202EB',
      'A\u2028B',
      '\ud800',
      '100%',
      '%2F',
      '.',
      '..',
      '...',
      'A\uFE0F',
      'A\u3164',
    ]) {
      expect([id, isId(id, 80)]).toEqual([id, false]);
    }
  });

  it('is counted by what people see as signs', () => {
    expect([isId('🎁'.repeat(80), 80), isId('🎁'.repeat(81), 80), isId('x'.repeat(81), 80)]).toEqual([true, false, false]);
  });

  it('is one, however its blanks and accents were typed, and #1001 and 1001 stay two', () => {
    expect(tidyId(' \u00A0Cafe\u0301\u00A01 ')).toBe('Café 1');
    expect(tidyId('#1001')).not.toBe(tidyId('1001'));
  });
});
