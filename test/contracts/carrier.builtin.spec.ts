import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { PDFDocument, PDFRawStream } from 'pdf-lib';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { BuiltinCarrier, builtinTrackingNumber } from '../../src/carriers/builtin.adapter.js';
import type { LabelDocument, LabelFormat } from '../../src/carriers/carrier.port.js';
import { checkDigitOf } from '../../src/shared/gs1.js';
import { carrierContract } from './carrier.contract.js';

const ADDRESS = ['Returns desk', 'Zażółć & Søn', '12 ^XA~Warehouse Road', '1000 Örebro'];
const carrier = new BuiltinCarrier({ returnAddress: ADDRESS });

carrierContract('builtin', async () => new BuiltinCarrier({ returnAddress: ADDRESS }));

const trackingNumber = builtinTrackingNumber('SO-1001-R1-L1');
const LABEL: LabelDocument = {
  returnId: 'SO-1001-R1',
  labelId: 'SO-1001-R1-L1',
  kind: 'label',
  trackingNumber,
  code: null,
  documentRef: 'builtin:SO-1001-R1-L1',
  issuedAt: '2026-03-02T10:00:00.000Z',
};
const bytesOf = async (format: LabelFormat, document = LABEL) => (await carrier.render(document, format)).bytes;
const zplOf = async (document = LABEL) => Buffer.from(await bytesOf('zpl', document)).toString('utf8');

/** Reads codes off a picture as a warehouse scanner would: independent of the library that drew them. */
async function scanned(picture: Uint8Array | { data: Uint8ClampedArray; width: number; height: number }): Promise<string[]> {
  const input = picture instanceof Uint8Array ? picture : { ...picture, colorSpace: 'srgb' as const };
  const found = await readBarcodes(input as Parameters<typeof readBarcodes>[0], {
    formats: ['Code128', 'QRCode'],
    tryHarder: true,
    maxNumberOfSymbols: 8,
  });
  return found.map(({ format, text }) => `${format} ${text}`).sort();
}

/** The black rectangles of a PDF page painted at 8 dots a millimetre; text is left out. */
async function painted(pdf: Uint8Array): Promise<{ data: Uint8ClampedArray; width: number; height: number }> {
  const [width, height] = [840, 1184];
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  const parsed = await PDFDocument.load(pdf);
  const streams = parsed.context
    .enumerateIndirectObjects()
    .map(([, object]) => object)
    .filter((object) => object instanceof PDFRawStream);
  const dots = 203.2 / 72;
  for (const stream of streams) {
    const text = inflateSync(stream.getContents()).toString('latin1');
    for (const [, x, y, body] of text.matchAll(/1 0 0 1 ([\d.]+) ([\d.]+) cm\s((?:(?!Q\n)[\s\S])*?)\bf\b/g)) {
      const corners = [...body!.matchAll(/([\d.]+) ([\d.]+) [lm]\b/g)].map(([, dx, dy]) => [Number(dx), Number(dy)]);
      const left = Math.round(Number(x) * dots);
      const right = Math.round((Number(x) + Math.max(...corners.map((corner) => corner[0]!))) * dots);
      const bottom = height - Math.round(Number(y) * dots);
      const top = height - Math.round((Number(y) + Math.max(...corners.map((corner) => corner[1]!))) * dots);
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1) data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
      }
    }
  }
  return { data, width, height };
}

beforeAll(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  // Uint8Array.from: the wasm loader wants a buffer of exactly the module, Node's may be part of a pool.
  await prepareZXingModule({ overrides: { wasmBinary: Uint8Array.from(wasm).buffer }, fireImmediately: true });
});

describe('A built-in tracking number', () => {
  it('is the same for the same label and ends in the GS1 check digit', () => {
    expect(builtinTrackingNumber('SO-1001-R1-L1')).toBe(trackingNumber);
    expect(trackingNumber).toMatch(/^BH\d{18}$/);
    expect(checkDigitOf(trackingNumber.slice(2, -1))).toBe(Number(trackingNumber.at(-1)));
  });

  it('has the check digit of the SSCC example in the GS1 General Specifications', () => {
    expect(checkDigitOf('37610425002123456')).toBe(9);
  });

  it('differs between a hundred thousand labels', () => {
    expect(new Set(Array.from({ length: 100_000 }, (_, index) => builtinTrackingNumber(`SO-${index}-R1-L1`))).size).toBe(100_000);
  });
});

describe('A built-in label', () => {
  const everything = [`Code128 ${LABEL.returnId}`, `Code128 ${trackingNumber}`, `QRCode ${LABEL.returnId}`].sort();

  it('as PDF is one page of A6', async () => {
    const pdf = await PDFDocument.load(await bytesOf('pdf'));
    const [page] = pdf.getPages();
    expect(pdf.getPageCount()).toBe(1);
    expect(page!.getWidth()).toBeCloseTo((105 / 25.4) * 72, 1);
    expect(page!.getHeight()).toBeCloseTo((148 / 25.4) * 72, 1);
  });

  it('as PNG is 840 by 1184 pixels', async () => {
    const png = Buffer.from(await bytesOf('png'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([840, 1184]);
  });

  it('as PNG can be scanned: return id, tracking number and the QR code', async () => {
    expect(await scanned(await bytesOf('png'))).toEqual(everything);
  });

  it('as PDF can be scanned just so', async () => {
    expect(await scanned(await painted(await bytesOf('pdf')))).toEqual(everything);
  });

  it('as ZPL has the printer make Code 128 of both numbers and a QR code', async () => {
    const zpl = await zplOf();
    expect(zpl).toMatch(new RegExp(`\\^BCN,200,N,N,N,A\\^FH_\\^FD${trackingNumber}\\^FS`));
    expect(zpl).toMatch(/\^BCN,88,N,N,N,A\^FH_\^FDSO-1001-R1\^FS/);
    expect(zpl).toMatch(/\^BQN,2,\d+\^FH_\^FDMA,SO-1001-R1\^FS/);
  });

  it('as ZPL cannot be broken out of by what is printed on it', async () => {
    const zpl = await zplOf({ ...LABEL, returnId: '^XZ^XA_5E~JA\n>9-R1' });
    expect(zpl.match(/\^XA/g)).toHaveLength(1);
    expect(zpl.match(/\^XZ/g)).toHaveLength(1);
    expect(zpl).not.toContain('~');
    expect(zpl).toContain('12 _5eXA_7eWarehouse Road');
    expect(zpl).toContain('_5eXZ_5eXA_5f5E_7eJA_0a>9-R1');
  });

  it('leaves out a bar code of a return id too long to be readable; the QR code still has it', async () => {
    const returnId = `${'SHOP-2026-'.repeat(9)}1234567-R12`;
    expect(await scanned(await bytesOf('png', { ...LABEL, returnId }))).toEqual([`Code128 ${trackingNumber}`, `QRCode ${returnId}`].sort());
  });

  it('shows a drop-off code as QR code', async () => {
    const dropOff: LabelDocument = { ...LABEL, kind: 'drop_off_code', code: trackingNumber };
    expect(await scanned(await bytesOf('png', dropOff))).toContain(`QRCode ${trackingNumber}`);
  });
});
