import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import sharp from 'sharp';
import { BuiltinCarrier } from '../../src/carriers/builtin.adapter.js';
import type { LabelDocument } from '../../src/carriers/carrier.port.js';
import { hanShapesOf } from '../../src/carriers/label/fonts.js';
import { typeset } from '../../src/carriers/label/text.js';

const LABEL: LabelDocument = {
  returnId: 'SO-1001-R1',
  labelId: 'SO-1001-R1-L1',
  kind: 'label',
  trackingNumber: 'BH123456789012345675',
  code: null,
  documentRef: 'builtin:SO-1001-R1-L1',
  issuedAt: '2026-03-02T10:00:00.000Z',
};

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  Greek: ['Τμήμα επιστροφών', 'Οδός Ερμού 12, 3ος όροφος', '105 63 Αθήνα'],
  Cyrillic: ['Відділ повернень', 'вул. Хрещатик 1, Київ', 'Ѓорче Петров, Ђурђевдан'],
  Latin: ['Zażółć & Søn, Straße 5', 'Łódź · İstanbul Ğ · Ħaż-Żebbuġ', 'ẹ́ g̃ x̂'],
  Vietnamese: ['Bộ phận trả hàng', 'Số 12 Nguyễn Thị Minh Khai', 'Thành phố Hồ Chí Minh'],
  Armenian: ['Վերադարձի բաժին', 'Երևան 0010'],
  Georgian: ['დაბრუნების განყოფილება', 'თბილისი 0105'],
  Hebrew: ['מחלקת החזרות', 'רחוב הרצל 12 (קומה 3)', 'שָׁלוֹם'],
  Arabic: ['مكتب المرتجعات (Shop GmbH)', 'شارع الملك فهد ١٢، الطابق 3', 'الرياض 12345'],
  Devanagari: ['वापसी विभाग', 'नई दिल्ली 110001', 'क्षेत्र श्रीमती ज्ञान द्वितीय'],
  Bengali: ['ফেরত বিভাগ', 'ঢাকা ১২০৫'],
  Tamil: ['திரும்பப் பெறும் பிரிவு', 'சென்னை 600001'],
  Telugu: ['హైదరాబాద్ 500001', 'స్త్రీ'],
  Thai: ['แผนกรับคืนสินค้า', 'เลขที่ 12/3 ถนนสุขุมวิท', 'น้ำพุ ปู่ย่า ผู้ใหญ่บ้าน'],
  Khmer: ['ភ្នំពេញ', 'ស្ត្រី'],
  Myanmar: ['မြန်မာ ရန်ကုန်'],
  Ethiopic: ['አዲስ አበባ 1000'],
  Japanese: ['返品センター', '東京都千代田区丸の内1-2-3', '株式会社 髙島屋 渡邉様'],
  Korean: ['반품 센터', '서울특별시 강남구 테헤란로 12'],
  'simplified Chinese': ['退货部', '上海市浦东新区世纪大道12号'],
  'traditional Chinese': ['退貨部', '臺北市信義區市府路45號'],
  symbols: ['☎ 030 1234 · № 5 · 12 €', '→ ✉ 📦'],
};

/** The text of the page as a reader of PDF files finds it: nothing of it is this service's own code. */
async function textOf(pdf: Uint8Array): Promise<string> {
  const reading = getDocument({ data: Uint8Array.from(pdf), verbosity: 0 });
  const page = await (await reading.promise).getPage(1);
  const { items } = await page.getTextContent();
  await reading.destroy();
  return items.map((item) => ('str' in item ? item.str : '')).join('\n');
}

const render = async (returnAddress: readonly string[], format: 'pdf' | 'png' | 'zpl', document = LABEL): Promise<Uint8Array> =>
  (await new BuiltinCarrier({ returnAddress }).render(document, format)).bytes;

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Black dots of a part of a label. */
async function ink(png: Uint8Array, top: number, height: number): Promise<number> {
  const grey = await sharp(png).extract({ left: 0, top, width: 840, height }).greyscale().raw().toBuffer();
  return grey.filter((value) => value < 128).length;
}

/** The picture of `^GFA` unpacked as a printer would: letters repeat the digit after them. */
function unpacked(zpl: string): readonly string[] {
  return [...zpl.matchAll(/\^GFA,(\d+),\d+,\d+,([^^]*)\^FS/g)].map(([, bytes, data]) => {
    let count = 0;
    const hex = [...data!].map((sign) => {
      if (/[G-Y]/.test(sign)) count += sign.charCodeAt(0) - 70;
      else if (/[g-z]/.test(sign)) count += (sign.charCodeAt(0) - 102) * 20;
      else {
        const run = sign.repeat(Math.max(1, count));
        count = 0;
        return run;
      }
      return '';
    });
    expect(hex.join('')).toHaveLength(Number(bytes) * 2);
    return hex.join('');
  });
}

describe.each(Object.entries(ADDRESSES))('A label with an address in %s', (_, address) => {
  it('has a glyph for every sign', async () => {
    expect(await new BuiltinCarrier({ returnAddress: address }).addressMistakes()).toEqual([]);
  });

  it('as PDF can be searched for each line', async () => {
    const text = (await textOf(await render(address, 'pdf'))).normalize('NFC');
    for (const line of address) expect(text).toContain(line.normalize('NFC'));
  });

  it('as PNG and ZPL shows the signs, not question marks', async () => {
    const unknown = address.map((line) => line.replace(/[^\x20-\x7e]/gu, '?'));
    const png = await render(address, 'png');
    expect(digest(png)).not.toBe(digest(await render(unknown, 'png')));
    expect(await ink(png, 84, 46)).toBeGreaterThan(500);
    const pictures = unpacked(Buffer.from(await render(address, 'zpl')).toString('latin1'));
    expect(pictures).toHaveLength(address.filter((line) => /[^\x20-\x7e]/u.test(line)).length);
    for (const picture of pictures) expect(picture).toMatch(/[1-9A-F]/);
  });
});

describe('The lines of a label', () => {
  const seen = async (text: string): Promise<string> => (await typeset(text)).pieces.map((piece) => piece.text).join('');

  it('run from right to left in Arabic and Hebrew, numbers and Latin within them from left to right', async () => {
    expect(await seen('רחוב 12 AB')).toBe('AB 12 בוחר');
    expect(await seen('شارع ١٢ Shop')).toBe('Shop ١٢ عراش');
    expect(await seen('Shop שלום 3')).toBe('Shop 3 םולש');
  });

  it('stand at the right side when the address is written from right to left, the telephone number too', async () => {
    const png = await render(['רחוב הרצל', 'Tel. 12'], 'png');
    const left = await sharp(png).extract({ left: 0, top: 80, width: 420, height: 290 }).greyscale().raw().toBuffer();
    expect(left.every((value) => value > 128)).toBe(true);
  });

  it('join Arabic letters and put Devanagari vowels before their consonants', async () => {
    const [joined, apart] = [await typeset('بيت'), await typeset('ب ي ت')];
    expect(joined.width).toBeLessThan(apart.width - 500);
    const outline = async (text: string): Promise<string> => JSON.stringify((await typeset(text)).pieces[0]?.path);
    // The vowel sign i is written after its consonant and stands before it: the first outline is no longer the consonant's.
    expect(await outline('दि')).not.toBe(await outline('द'));
  });

  it('do not grow into each other however high their marks are', async () => {
    const tall = await render(['སྐྱིད་ ལྷ་ས་', 'སྐྱིད་ ལྷ་ས་', 'ผู้ใหญ่ ปู่ย่า'], 'png');
    expect(await ink(tall, 130, 1)).toBe(0);
    expect(await ink(tall, 376 - 46, 46)).toBe(0);
  });

  it('take the shapes of Han signs of the country they are from', () => {
    expect(hanShapesOf('東京都千代田区')).toBe('jp');
    expect(hanShapesOf('返品センター')).toBe('jp');
    expect(hanShapesOf('臺北市信義區')).toBe('tc');
    expect(hanShapesOf('上海市浦东新区')).toBe('sc');
    expect(hanShapesOf('서울 中區')).toBe('kr');
    expect(hanShapesOf('Berlin')).toBe('sc');
  });
});

describe('What no font of the labels has', () => {
  it('is refused in an address, by line and sign', async () => {
    const carrier = new BuiltinCarrier({ returnAddress: ['Returns desk', 'Gothic 𐌰𐌱 Street', 'Ethiopia አዲስ'] });
    expect(await carrier.addressMistakes()).toEqual(['has signs in line 2 that no font of the labels has: 𐌰 (U+10330), 𐌱 (U+10331)']);
  });

  it('is printed as its number in a return id, with the sign itself for a search: never as another sign', async () => {
    const document = { ...LABEL, returnId: 'Ä-𪛖𐌰-R1' };
    expect((await typeset(document.returnId)).missing).toEqual(['𪛖', '𐌰']);
    expect(await textOf(await render(['Desk'], 'pdf', document))).toContain(document.returnId);
    const pictures = await Promise.all(
      ['Ä-𪛖𐌰-R1', 'Ä-𪛖𐌱-R1', 'Ä-??-R1'].map((returnId) => render(['Desk'], 'png', { ...LABEL, returnId })),
    );
    const words = await Promise.all(
      pictures.map((png) => sharp(png).extract({ left: 0, top: 740, width: 840, height: 68 }).raw().toBuffer()),
    );
    expect(new Set(words.map(digest)).size).toBe(3);
  });

  it('does not hold for more lines or longer ones than a label has room for: they are refused, not cut off', async () => {
    const carrier = new BuiltinCarrier({ returnAddress: ['1', '2', '3', '4', '5', `${'Very '.repeat(30)}long`, '7'] });
    expect(await carrier.addressMistakes()).toEqual([
      'has 7 lines, and a label has room for 6',
      'has a line 6 that is too long to be read on a label; divide it with |',
    ]);
  });
});

describe('A return id', () => {
  it('with # and blanks is printed, found, and scanned', async () => {
    const document = { ...LABEL, returnId: '# Επ/1001 ж-R1' };
    expect(await textOf(await render(['Desk'], 'pdf', document))).toContain(document.returnId);
  });

  it('too long for one line goes over several and stays on the label', async () => {
    const returnId = `${'SHOP-2026-'.repeat(9)}1234567-R12`;
    const png = await render(['Desk'], 'png', { ...LABEL, returnId });
    const margin = await sharp(png).extract({ left: 801, top: 740, width: 39, height: 190 }).greyscale().raw().toBuffer();
    expect(margin.every((value) => value > 128)).toBe(true);
    expect((await textOf(await render(['Desk'], 'pdf', { ...LABEL, returnId }))).replaceAll('\n', '')).toContain(returnId);
  });

  it('with line breaks and other control characters prints them as blanks', async () => {
    expect((await typeset('A\n1\t-R1')).text).toBe('A 1 -R1');
  });
});
