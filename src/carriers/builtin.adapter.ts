/**
 * Labels for merchants with their own carrier contract or their own drivers: nothing is bought anywhere, the label
 * carries the merchant's address and numbers his warehouse can scan. Nothing is stored either; documents are drawn
 * from what the log says.
 */
import { createHash } from 'node:crypto';
import type { BoughtLabel, CarrierPort, LabelDocument, LabelFormat, LabelRequest, RenderedLabel } from './carrier.port.js';
import { layOutLabel } from './label-layout.js';
import { renderPdf, renderPng, renderZpl } from './label-render.js';

export type BuiltinCarrierOptions = {
  /** Where parcels come back to, as printed: one entry per line, six at most. */
  readonly returnAddress: readonly string[];
};

export class BuiltinCarrier implements CarrierPort {
  readonly id = 'builtin';

  constructor(private readonly options: BuiltinCarrierOptions) {}

  async createLabel(request: LabelRequest): Promise<BoughtLabel> {
    const trackingNumber = trackingNumberOf(request.key);
    return {
      trackingNumber,
      code: request.kind === 'drop_off_code' ? trackingNumber : null,
      costMinor: 0,
      documentRef: `builtin:${request.labelId}`,
    };
  }

  async render(document: LabelDocument, format: LabelFormat): Promise<RenderedLabel> {
    const elements = layOutLabel(document, this.options.returnAddress);
    switch (format) {
      case 'pdf':
        return { bytes: await renderPdf(elements, `Return ${document.returnId}`, document.issuedAt), contentType: 'application/pdf' };
      case 'png':
        return { bytes: await renderPng(elements), contentType: 'image/png' };
      case 'zpl':
        return { bytes: renderZpl(elements), contentType: 'application/zpl' };
    }
  }
}

const PREFIX = 'BH';
const DIGITS = 17;

/**
 * `BH`, 17 digits from the SHA-256 of the key, 1 check digit: 18 digits like an SSCC, in pairs they fill Code 128's
 * dense subset C. Ten million labels share a number with a chance of 1 in 2000.
 */
export function trackingNumberOf(key: string): string {
  const hash = BigInt(`0x${createHash('sha256').update(key).digest('hex')}`);
  const digits = (hash % 10n ** BigInt(DIGITS)).toString().padStart(DIGITS, '0');
  return `${PREFIX}${digits}${checkDigitOf(digits)}`;
}

/** The GS1 check digit (GS1 General Specifications, section 7.9): weights 3 and 1 from the right, modulo 10. */
export function checkDigitOf(digits: string): number {
  const sum = [...digits].reverse().reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10;
}
