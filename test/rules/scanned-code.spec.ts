import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isArticleNumber } from '../../src/shared/gs1.js';
import {
  codeKey,
  fitting,
  isArticle,
  isSameCode,
  partsOfCode,
  printedCode,
  readingsOf,
  UNREADABLE,
} from '../../src/shared/scanned-code.js';

const EAN = '4006381333931';
const GS = '\u001D';

/** How a shop stored an article's code, and what a scanner makes of the same article's. */
const SAME: readonly (readonly [how: string, stored: string, scanned: string])[] = [
  ['UPC-A as EAN-13', '036000291452', '0036000291452'],
  ['EAN-13 as UPC-A', '0036000291452', '036000291452'],
  ['UPC-A as GTIN-14', '036000291452', '00036000291452'],
  ['UPC-A whose zero a spreadsheet dropped', '36000291452', '036000291452'],
  ['… read as EAN-13', '36000291452', '0036000291452'],
  ['UPC-A whose zero the scanner leaves out', '036000291452', '36000291452'],
  ['… stored as EAN-13', '0036000291452', '36000291452'],
  ['UPC-E for its UPC-A', '042100005264', '04252614'],
  ['UPC-A for its UPC-E, zeros before the last digit but one', '012345000065', '01234565'],
  ['UPC-E that ends on 3', '012300000451', '01234531'],
  ['UPC-E that ends on 4', '012340000053', '01234543'],
  ['EAN-8', '96385074', '96385074'],
  ['EAN-8 inside a GTIN-14', '96385074', '00000096385074'],
  ['EAN-8 stored as GTIN-14', '00000096385074', '96385074'],
  ['EAN-8 inside an EAN-13', '96385074', '0000096385074'],
  ['EAN-13 inside a GTIN-14', EAN, `0${EAN}`],
  ['with a symbology prefix', EAN, `]E0${EAN}`],
  ['with line end, tab and framing', EAN, `\u0002${EAN}\u0003\r\n`],
  ['in digits of another script', EAN, '٤٠٠٦٣٨١٣٣٣٩٣١'],
  ['GS1 without prefix', EAN, '01040063813339311727123110LOT5'],
  ['GS1 without prefix, nothing behind', EAN, `010${EAN}`],
  ['GS1 with a separator in front', EAN, `${GS}01040063813339311727123110LOT5`],
  ['GS1 with a separator inside', EAN, `010400638133393110LOT5${GS}17271231`],
  ['GS1 whose scanner writes the separator', EAN, `010400638133393110LOT5<GS>17271231`],
  ['GS1 whose separator was lost', EAN, `010400638133393110LOT517271231`],
  ['GS1 with the date first', EAN, `172712310104006381333931`],
  ['GS1 with the batch first', EAN, `10LOT5${GS}0104006381333931`],
  ['GS1 with weight and price', EAN, `01040063813339313103001250392212345`],
  ['GS1-128', EAN, `]C101040063813339311727123110LOT5`],
  ['GS1 DataMatrix', EAN, `]d201040063813339311727123110LOT5`],
  ['GS1 QR code', EAN, `]Q30104006381333931`],
  ['GS1 DataBar', EAN, `]e00104006381333931${GS}10LOT5`],
  ['GS1 prefix and separator', EAN, `]d2${GS}0104006381333931`],
  ['GS1 in brackets', EAN, '(01)04006381333931(17)271231(10)LOT5'],
  ['GS1 in brackets, article last', EAN, '(10)LOT5(01)04006381333931'],
  ['GS1 in brackets with a prefix', EAN, ']Q3(01)04006381333931'],
  ['GS1 with an EAN-8', '96385074', '0100000096385074'],
  ['GS1 Digital Link', EAN, 'https://id.gs1.org/01/04006381333931/10/LOT5?17=271231'],
  ['GS1 Digital Link with an EAN-13', EAN, `https://example.org/01/${EAN}`],
  ["a book's number with its hyphens", '978-3-16-148410-0', '9783161484100'],
  ['GS1 of a medicine', '3453120000011', '01034531200000111719112510ABCD1234'],
  ['a SKU in small letters', 'SKU-RED', 'sku-red'],
  ['a SKU with another dash', 'SKU-RED', 'SKU\u2011RED'],
  ['a SKU of digits', '12345678', '12345678'],
  ['a SKU that looks like GS1', '0104006381333931', '0104006381333931'],
  ['SSCC behind its identifier', '340123450000000000', ']C100340123450000000000'],
  ['SSCC in brackets', '340123450000000000', '(00)340123450000000000'],
  ['a number without the sign it was stored with', '#A-1001', 'A-1001'],
  ['a number with a sign before it', 'A-1001', '# a-1001'],
  ['a number that looks like an article, with a sign before it', '012345678905', '#0012345678905'],
  ['Code 39 with its start and stop', 'EM-000998', '*EM-000998*'],
  ['Code 39 with its start and stop, stored so', '*EM-000998*', '*EM-000998*'],
  ['US post behind the ZIP code', '9205590164917312751089', '420946079205590164917312751089'],
];

/** What is not the same, however many zeros are written before it. */
const OTHERS: readonly (readonly [why: string, stored: string, scanned: string])[] = [
  ['wrong check digit, padded', '4006381333932', '04006381333932'],
  ['wrong check digit for the right one', EAN, '4006381333932'],
  ['no check digit', EAN, '400638133393'],
  ['no check digit, padded', EAN, '0400638133393'],
  ['wrong check digit of a UPC-A without its zero', '36000291453', '036000291453'],
  ['GS1 with a wrong check digit', '4006381333932', '0104006381333932'],
  ['GS1 in brackets with a wrong check digit', '4006381333932', '(01)04006381333932'],
  ['a SKU of digits with other zeros', '12345678', '012345678'],
  ['a SKU of digits with zeros before it', '0012345678', '12345678'],
  ['the case an article is packed in', EAN, '14006381333938'],
  ['an article in a logistic unit', EAN, '0204006381333931373712'],
  ['a sign at one end alone', 'EM-000998', '*EM-000998'],
  ['only zeros', '00000000', '0000000000000'],
  ['nothing', '', ''],
  ['blanks', ' ', EAN],
];

describe('A scanned code', () => {
  it.each(SAME)('is found: %s (%s by %s)', (_how, stored, scanned) => expect(isSameCode(scanned, stored)).toBe(true));

  it.each(OTHERS)('is another: %s (%s, not by %s)', (_why, stored, scanned) => expect(isSameCode(scanned, stored)).toBe(false));

  it('is what it says before what it looks like', () => {
    const lines = [
      { id: 'article', sku: 'X', barcode: EAN },
      { id: 'literal', sku: '0104006381333931', barcode: null },
    ];
    const found = (scanned: string) =>
      fitting(scanned, lines, ({ sku, barcode }) => [barcode, sku]).map(({ value, code }) => [value.id, code]);
    expect(found('0104006381333931')).toEqual([['literal', '0104006381333931']]);
    expect(found('010400638133393110A')).toEqual([['article', EAN]]);
    expect(fitting('abc', [{ code: 'ABC' }, { code: 'abc' }], ({ code }) => [code]).map(({ code }) => code)).toEqual(['abc']);
    expect(fitting(EAN, [{ code: `0${EAN}` }, { code: EAN }], ({ code }) => [code]).map(({ code }) => code)).toEqual([`0${EAN}`, EAN]);
    expect(
      fitting('012345678905', [{ code: '12345678905' }, { code: '012345678905' }], ({ code }) => [code]).map(({ code }) => code),
    ).toEqual(['012345678905']);
  });

  it('finds nothing by an empty SKU', () => {
    for (const scanned of ['', ' ', GS, ']C1']) expect(fitting(scanned, [{ sku: '' }, { sku: null }], ({ sku }) => [sku])).toEqual([]);
  });

  it('is stored in one form, which is its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (scanned) => {
        const key = codeKey(scanned);
        // A prefix may hide behind a prefix; nobody's scanner sends two.
        fc.pre(!/^\][A-Za-z][0-9]/.test(key) && !/<GS>|\{GS\}/.test(key));
        expect(codeKey(key)).toBe(key);
      }),
    );
  });

  it("with other digits than an article's never finds it by padding", () => {
    const digits = fc.stringMatching(/^\d{6,14}$/);
    fc.assert(
      fc.property(digits, fc.nat(6), (code, zeros) => {
        const padded = '0'.repeat(zeros) + code;
        if (zeros > 0 && !isArticleNumber(padded) && !isArticleNumber(code) && !isArticleNumber(`0${code}`))
          expect(isSameCode(padded, code)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is recorded as it is printed, of an article its number, and never as nothing', () => {
    expect([']E04006381333931', `${GS}01040063813339311727123110LOT5`, 'SKU-1\r\n', `A${GS}B`].map(printedCode)).toEqual([
      EAN,
      EAN,
      'SKU-1',
      'AB',
    ]);
    expect([']C1', GS, ' ', '\u0000'].map(printedCode)).toEqual([']C1', UNREADABLE, UNREADABLE, UNREADABLE]);
    expect([...printedCode('𝟙x'.repeat(200))]).toHaveLength(100);
  });

  it('is an article with its check digit right, and no parcel', () => {
    expect([EAN, '96385074', '01040063813339311727123110LOT5', '(01)04006381333931'].map(isArticle)).toEqual([true, true, true, true]);
    expect(['4006381333932', '1Z999', 'A-1-R1', '9205590164917312751089', ''].map(isArticle)).toEqual([false, false, false, false, false]);
  });

  it('holds words when it is a longer content', () => {
    expect(partsOfCode('https://shop.example.org/returns?rma=A-1-R1&c=de')).toEqual(['https:', 'shop.example.org', 'returns', 'A-1-R1']);
    expect(partsOfCode('A-1-R1')).toEqual([]);
  });

  it('of an order or a return is found with and without the sign before it', () => {
    expect(['#A-1001', 'A\u20131001', 'a-1001 ', '＃Ａ－１００１'].map(codeKey)).toEqual(['A-1001', 'A-1001', 'A-1001', 'A-1001']);
    expect(readingsOf('A-1001-R1')).toEqual(['A-1001-R1']);
  });
});
