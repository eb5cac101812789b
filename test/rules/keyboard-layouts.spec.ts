import { describe, expect, it } from '@jest/globals';
import { articleMeant, layoutReadingsOf, layoutsBetween, suspectedLayout, TEST_CODE } from '../../src/shared/keyboard-layouts.js';

const RETURN = 'A-1001-R1';

/** What a return's id becomes on its way from the scanner to the page. */
const GARBLED: readonly (readonly [how: string, typed: string, meant: string])[] = [
  ['US scanner at a German computer', 'Aß1001ßR1', RETURN],
  ['… in small letters', 'aß1001ßr1', 'a-1001-r1'],
  ['… y and z', 'SHOPYß1ßR1', 'SHOPZ-1-R1'],
  ['German scanner at a US computer', 'A/1001/R1', RETURN],
  ['US scanner at a French computer', 'Q)&àà&)R&', RETURN],
  ['… that writes letters and digits right', 'A)1001)R1', RETURN],
  ['… with Caps Lock', 'q°1001°r1', 'a_1001_r1'],
  ['French scanner at a US computer', 'Q6!))!6R!', RETURN],
  ['US scanner at an Italian, Spanish or Swiss computer', "A'1001'R1", RETURN],
  ['US scanner at a Nordic computer', 'A+1001+R1', RETURN],
  ['US scanner at a Czech computer', 'A=+éé+=R+', RETURN],
  ['US scanner at a Turkish computer', 'A*1001*R1', RETURN],
  ['US scanner at a Hungarian computer', 'Aü1öö1üR1', RETURN],
  ['Shift held down', 'A_!))!_R!', RETURN],
];

describe('A scanner that thinks of another keyboard', () => {
  it.each(GARBLED)('is understood: %s (%s)', (_how, typed, meant) => {
    expect(layoutReadingsOf(typed).map(({ code }) => code.toUpperCase())).toContain(meant.toUpperCase());
  });

  it('is told with both layouts', () => {
    expect(layoutReadingsOf('Aß1001ßR1')).toContainEqual({ code: RETURN, scanner: 'US', computer: 'German' });
    expect(layoutReadingsOf('A/1001/R1')).toContainEqual({ code: RETURN, scanner: 'German', computer: 'US' });
  });

  it('is never told of what was typed itself, nor is a code told twice', () => {
    for (const typed of ['A-1001-R1', 'Aß1001ßR1', '4006381333931']) {
      const codes = layoutReadingsOf(typed).map(({ code }) => code.toUpperCase());
      expect(codes).not.toContain(typed);
      expect(new Set(codes).size).toBe(codes.length);
    }
  });

  it('is suspected by what a code would be, and not of codes that are plain', () => {
    expect(suspectedLayout('A)1001)R1')).toMatchObject({ code: RETURN, computer: 'French' });
    expect(suspectedLayout('SHELFß7')).toMatchObject({ code: 'SHELF-7', computer: 'German' });
    expect(['A-1001-R1', 'SKU-RED', '4006381333931', '1Z999', 'GIBBERISH-1', 'https://example.org/x', 'A/01'].map(suspectedLayout)).toEqual(
      Array(7).fill(undefined),
    );
  });

  it("writes an article's digits as signs, which mean one article", () => {
    expect(articleMeant('\'àà-"_&"""ç"&')).toMatchObject({ code: '4006381333931', computer: 'French' });
    expect(['4006381333931', '4006381333932', 'SKU-RED', '\'àà-"_&"""ç"é'].map(articleMeant)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is named by the test code', () => {
    const computers = (typed: string) => layoutsBetween(TEST_CODE, typed).map(({ scanner, computer }) => `${scanner} at ${computer}`);
    expect(computers('BHßTESTßAQWMZY-0123456789')).toEqual(['US at German']);
    expect(computers('BH)TEST)QAZ?YW!à&é"\'(-è_ç')).toEqual(['US at French']);
    expect(computers('BH/TEST/AQWMZY&0123456789')).toContain('German at US');
    expect(computers('something else')).toEqual([]);
  });
});
