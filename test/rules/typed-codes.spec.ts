import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainSigns } from '../../src/shared/plain-signs.js';
import { codeKey } from '../../src/shared/scanned-code.js';

describe('What people type is found as it was printed', () => {
  const typed: readonly (readonly [how: string, text: string])[] = [
    ['small letters', 'a-1001'],
    ['hyphen', 'A\u20101001'],
    ['non-breaking hyphen', 'A\u20111001'],
    ['figure dash', 'A\u20121001'],
    ['en dash', 'A\u20131001'],
    ['em dash', 'A\u20141001'],
    ['horizontal bar', 'A\u20151001'],
    ['minus', 'A\u22121001'],
    ['small em dash', 'A\uFE581001'],
    ['full-width hyphen', 'A\uFF0D1001'],
    ['small hyphen', 'A\uFE631001'],
    ['hyphen bullet', 'A\u20431001'],
    ['Japanese long vowel mark', 'Ａー１００１'],
    ['half-width long vowel mark', 'Aｰ1001'],
    ['zero-width space', 'A-\u200B1001'],
    ['byte order mark', '\uFEFFA-1001'],
    ['writing direction', '\u202AA-1001\u202C'],
    ['isolates', '\u2066A-1001\u2069'],
    ['right-to-left mark', 'A-1001\u200F'],
    ['soft hyphen', 'A-10\u00AD01'],
    ['word joiner', 'A\u2060-1001'],
    ['variation selector', 'A-1001\uFE0F'],
    ['full width', 'Ａ－１００１'],
    ['Arabic-Indic digits', 'A-١٠٠١'],
    ['Persian digits', 'A-۱۰۰۱'],
    ['Devanagari digits', 'A-१००१'],
    ['Thai digits', 'A-๑๐๐๑'],
    ['mathematical digits', 'A-𝟏𝟎𝟎𝟏'],
    ['Adlam digits', 'A-𞥑𞥐𞥐𞥑'],
    ['blanks around', ' A-1001\t'],
    ['no-break spaces', '\u00A0A-1001\u202F'],
    ['blanks inside', 'A - 10 01'],
  ];

  it.each(typed)('with %s', (_how, text) => expect(codeKey(text)).toBe('A-1001'));

  it('with the sign before an order number or without it, and a number that is only the sign stays one', () => {
    for (const number of ['#A-1001', '# a-1001', '＃Ａ－１００１', '##A-1001', 'A-1001']) expect(codeKey(number)).toBe('A-1001');
    expect(codeKey('#')).toBe('#');
  });

  it('while a Japanese word keeps its long vowels', () => expect(codeKey('ケーブル-3')).toBe('ケーブル-3'));

  it("in every script's digits from zero to nine", () => {
    const zeros = Array.from({ length: 0x20000 }, (_, code) => String.fromCodePoint(code)).filter(
      (sign) => /\p{Nd}/u.test(sign) && plainSigns(sign) === '0',
    );
    expect(zeros.length).toBeGreaterThan(50);
    for (const zero of zeros) {
      const digits = Array.from({ length: 10 }, (_, value) => String.fromCodePoint((zero.codePointAt(0) ?? 0) + value)).join('');
      expect(plainSigns(digits)).toBe('0123456789');
    }
  });

  it('and keeps apart what scanners separate', () => expect(plainSigns('01040063813339311\u001D27')).toBe('01040063813339311\u001D27'));

  it('looked up twice it is the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => expect(codeKey(codeKey(text))).toBe(codeKey(text))),
      { numRuns: 500 },
    );
  });
});
