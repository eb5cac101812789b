import { describe, expect, it } from '@jest/globals';
import { LABEL_FORMATS, type CarrierPort, type LabelRequest } from '../../src/carriers/carrier.port.js';

/** A request as the label process makes it. */
export function someLabelRequest(overrides: Partial<LabelRequest> = {}): LabelRequest {
  return {
    key: 'SO-1001-R1-L1',
    returnId: 'SO-1001-R1',
    labelId: 'SO-1001-R1-L1',
    kind: 'label',
    weightGrams: 750,
    reference: 'SO-1001-R1',
    requestedAt: '2026-03-02T09:59:58.123Z',
    currency: 'USD',
    sender: {
      ...{ name: 'Elizabeth Swan', email: 'elizabeth@example.org', phone: '5555555555' },
      address: { line1: '179 N Harbor Dr', line2: null, city: 'Redondo Beach', region: 'CA', postalCode: '90277', country: 'US' },
    },
    ...overrides,
  };
}

const FIRST_BYTES = { pdf: '%PDF-', png: '\x89PNG\r\n\x1a\n', zpl: '^XA' } as const;

/** What every carrier adapter promises. */
export function carrierContract(name: string, open: () => Promise<CarrierPort>): void {
  const anySignal = () => new AbortController().signal;

  describe(`The carrier ${name}`, () => {
    it('gives the same label for the same key', async () => {
      const carrier = await open();
      const first = await carrier.createLabel(someLabelRequest(), anySignal());
      expect(await carrier.createLabel(someLabelRequest(), anySignal())).toEqual(first);
    });

    it('gives the same label to a copy started anew', async () => {
      const first = await (await open()).createLabel(someLabelRequest(), anySignal());
      expect(await (await open()).createLabel(someLabelRequest(), anySignal())).toEqual(first);
    });

    it('gives another tracking number for another key', async () => {
      const carrier = await open();
      const first = await carrier.createLabel(someLabelRequest(), anySignal());
      const second = await carrier.createLabel(someLabelRequest({ key: 'SO-1001-R1-L2', labelId: 'SO-1001-R1-L2' }), anySignal());
      expect(second.trackingNumber).not.toBe(first.trackingNumber);
    });

    it('states a cost in whole minor units, never below 0', async () => {
      const { costMinor } = await (await open()).createLabel(someLabelRequest(), anySignal());
      expect(Number.isSafeInteger(costMinor) && costMinor >= 0).toBe(true);
    });

    it('gives a code to show exactly for a drop-off code', async () => {
      const carrier = await open();
      expect((await carrier.createLabel(someLabelRequest(), anySignal())).code).toBeNull();
      const dropOff = await carrier.createLabel(someLabelRequest({ key: 'SO-1001-R1-L3', kind: 'drop_off_code' }), anySignal());
      expect(dropOff.code).toMatch(/\S/);
    });

    it.each(LABEL_FORMATS)('renders a label as %s, byte for byte the same each time', async (format) => {
      const carrier = await open();
      const request = someLabelRequest();
      const { trackingNumber, code, documentRef } = await carrier.createLabel(request, anySignal());
      const document = {
        returnId: request.returnId,
        labelId: request.labelId,
        kind: request.kind,
        trackingNumber,
        code,
        documentRef,
        issuedAt: '2026-03-02T10:00:00.000Z',
      };
      const { bytes } = await carrier.render(document, format);
      expect(Buffer.from(bytes).toString('latin1').startsWith(FIRST_BYTES[format])).toBe(true);
      expect(Buffer.from((await carrier.render(document, format)).bytes).equals(Buffer.from(bytes))).toBe(true);
    });
  });
}
