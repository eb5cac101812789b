import { describe, expect, it } from '@jest/globals';
import { decoded, instantIn } from '../../../web/src/shared/page/address.js';

describe('An address', () => {
  it('names an instant in any way a date can be written, and the API gets it in its own', () => {
    expect(
      ['2026-11-22T10:00:00.5Z', '2026-11-22T11:00+01:00', '2026-11-22', '2026', '9999-12-31T23:59:59Z'].map((text) => instantIn(text)),
    ).toEqual([
      '2026-11-22T10:00:00.500Z',
      '2026-11-22T10:00:00.000Z',
      '2026-11-22T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.000Z',
    ]);
  });

  it.each([undefined, null, '', 'soon', '2026-13-01', '+012026-01-01T00:00:00Z', '-000001-01-01T00:00:00Z'])('names none: %j', (text) => {
    expect(instantIn(text)).toBeUndefined();
  });

  it('names an id with whatever it holds', () => {
    expect([decoded('A%2F10%3A01'), decoded('#A+1'), decoded('50%')]).toEqual(['A/10:01', '#A+1', '50%']);
  });
});
