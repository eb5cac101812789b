/**
 * Labels for merchants with their own carrier contract or their own drivers: nothing is bought anywhere, the label
 * carries the merchant's address and numbers their warehouse can scan. Nothing is stored either; documents are drawn
 * from what the log says.
 */
import { createHash } from 'node:crypto';
import { checkDigitOf } from '../shared/gs1.js';
import type { BoughtLabel, CarrierPort, LabelDocument, LabelFormat, LabelRequest, RenderedLabel } from './carrier.port.js';
import { codePointOf, hanShapesOf } from './label/fonts.js';
import { ADDRESS_LINES, fitsAddress, layOutLabel } from './label/layout.js';
import { renderPdf } from './label/pdf.js';
import { renderPng, renderZpl } from './label/render.js';
import { typeset, type TypesetLine } from './label/text.js';

type BuiltinCarrierOptions = {
  /** Where parcels come back to, as printed: one entry per line, six at most. */
  readonly returnAddress: readonly string[];
};

export class BuiltinCarrier implements CarrierPort {
  readonly id = 'builtin';
  readonly simulated = false;

  constructor(private readonly options: BuiltinCarrierOptions) {}

  async createLabel(request: LabelRequest): Promise<BoughtLabel> {
    const trackingNumber = builtinTrackingNumber(request.key);
    return {
      trackingNumber,
      code: request.kind === 'drop_off_code' ? trackingNumber : null,
      costMinor: 0,
      documentRef: `builtin:${request.labelId}`,
    };
  }

  async render(document: LabelDocument, format: LabelFormat): Promise<RenderedLabel> {
    const elements = await layOutLabel(document, await this.#address());
    switch (format) {
      case 'pdf':
        return { bytes: await renderPdf(elements, `Return ${document.returnId}`, document.issuedAt), contentType: 'application/pdf' };
      case 'png':
        return { bytes: await renderPng(elements), contentType: 'image/png' };
      case 'zpl':
        return { bytes: await renderZpl(elements), contentType: 'application/zpl' };
    }
  }

  /** Why the return address cannot be printed as it stands, in words, an entry for each reason; none when it can. */
  async addressMistakes(): Promise<readonly string[]> {
    const lines = await this.#address();
    const tooMany = lines.length > ADDRESS_LINES ? [`has ${lines.length} lines, and a label has room for ${ADDRESS_LINES}`] : [];
    return [...tooMany, ...lines.flatMap((line, index) => mistakesOf(line, index + 1))];
  }

  /** One country's shapes of Han signs for the whole address. */
  async #address(): Promise<readonly TypesetLine[]> {
    const { returnAddress } = this.options;
    const han = hanShapesOf(returnAddress.join('\n'));
    return Promise.all(returnAddress.map((line) => typeset(line, han)));
  }
}

function mistakesOf(line: TypesetLine, number: number): readonly string[] {
  const missing = [...new Set(line.missing)].map((sign) => `${sign} (U+${codePointOf(sign).toString(16).toUpperCase().padStart(4, '0')})`);
  return [
    ...(missing.length > 0 ? [`has signs in line ${number} that no font of the labels has: ${missing.join(', ')}`] : []),
    ...(fitsAddress(line) ? [] : [`has a line ${number} that is too long to be read on a label; divide it with |`]),
  ];
}

const PREFIX = 'BH';
const DIGITS = 17;

/**
 * `BH`, 17 digits from the SHA-256 of the key, 1 check digit: 18 digits like an SSCC, in pairs they fill Code 128's
 * dense subset C. Ten million labels share a number with a chance of 1 in 2000.
 */
export function builtinTrackingNumber(key: string): string {
  const hash = BigInt(`0x${createHash('sha256').update(key).digest('hex')}`);
  const digits = (hash % 10n ** BigInt(DIGITS)).toString().padStart(DIGITS, '0');
  return `${PREFIX}${digits}${checkDigitOf(digits)}`;
}
