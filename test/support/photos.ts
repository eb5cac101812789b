/** Images and forms for tests of photos. */
import sharp from 'sharp';

export type Form = { readonly body: Uint8Array; readonly headers: Readonly<Record<string, string>> };

const BOUNDARY = 'a-boundary-of-the-test';

export const formPart = (name: string, bytes: Uint8Array | string, filename?: string, type = 'image/jpeg'): Uint8Array =>
  Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n${filename === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
    ),
    Buffer.from(bytes),
    Buffer.from('\r\n'),
  ]);

/** @param end left out, the form has no end */
export const form = (parts: readonly Uint8Array[], end = `--${BOUNDARY}--\r\n`): Form => ({
  body: Buffer.concat([...parts, Buffer.from(end)]),
  headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
});

/** The form a browser sends. */
export const photoForm = (bytes: Uint8Array, filename = 'photo.jpg', type?: string): Form =>
  form([formPart('photo', bytes, filename, type)]);

/** A picture of one colour. */
export const picture = (width = 40, height = 20, background = '#cc2200') => sharp({ create: { width, height, channels: 3, background } });
export const jpeg = (width?: number, height?: number, background?: string): Promise<Uint8Array> =>
  picture(width, height, background).jpeg().toBuffer();
