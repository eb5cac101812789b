import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normaliseCode, partsOfCode, printedCode } from '../../src/warehouse/scanned-code.js';

describe('What a scanner reads', () => {
  it('is the same code with or without symbology prefix, blanks and capitals', () => {
    for (const scanned of [']C1bh 1234', ' BH1234', 'bh1234 ', 'BH 12 34']) expect(normaliseCode(scanned)).toBe('BH1234');
  });
  it('is the same article as UPC-A, EAN-13 and GTIN-14', () => {
    for (const scanned of ['012345678905', '0012345678905', '00012345678905', ']E00012345678905']) expect(normaliseCode(scanned)).toBe('012345678905');
    for (const scanned of ['4006381333931', '04006381333931']) expect(normaliseCode(scanned)).toBe('4006381333931');
    expect(normaliseCode('14006381333938')).toBe('14006381333938');
  });
  it('is the same article with a batch and a date behind it, in brackets, or in an address', () => {
    const contents = [']d201040063813339311726123110AB12', ']C10104006381333931', '(01)04006381333931(10)AB12', ']Q3(01)04006381333931', 'https://id.example.org/01/04006381333931/10/AB12?17=261231', 'https://example.org/01/4006381333931'];
    for (const scanned of contents) expect([scanned, normaliseCode(scanned), normaliseCode(printedCode(scanned))]).toEqual([scanned, '4006381333931', '4006381333931']);
  });
  it('is what it says where it only looks like an article with more behind it', () => {
    // A parcel's number, another symbology, and a check digit that is wrong.
    for (const scanned of [']C100340123450000000018', '0104006381333931', '(01)04006381333932']) expect(normaliseCode(scanned)).toBe(scanned.replace(']C1', ''));
    expect(partsOfCode('https://example.org/01/4006381333932')).toContain('4006381333932');
  });
  it('normalised once is normalised', () => {
    fc.assert(fc.property(fc.string({ maxLength: 40 }), (scanned) => {
      const code = normaliseCode(scanned);
      // A prefix may hide behind a prefix; nobody's scanner sends two.
      fc.pre(!/^\][A-Za-z][0-9]/.test(code));
      expect(normaliseCode(code)).toBe(code);
    }));
  });
  it('is recorded as it is printed, and never as nothing', () => {
    expect(printedCode(']E04006381333931')).toBe('4006381333931');
    expect(printedCode(']C1')).toBe(']C1');
    expect(printedCode(' ')).toBe(' ');
  });
  it('holds words when it is a longer content', () => {
    expect(partsOfCode('https://shop.example.org/returns?rma=A-1-R1&c=de')).toEqual(['https:', 'shop.example.org', 'returns', 'A-1-R1']);
    expect(partsOfCode('A-1-R1')).toEqual([]);
  });
});
