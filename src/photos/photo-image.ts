/** What becomes of an uploaded image: one plain JPEG, upright, of a bounded size, with nothing in it but its pixels. */
import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import sharp from 'sharp';
import { Problem } from '../http/problem.js';

/** Of the upload; phones make up to 50 megapixels. A file of a few bytes can claim far more than memory holds. */
const MOST_PIXELS = 50_000_000;
/** Of the longer side, as kept. */
const LONGEST_SIDE = 4000;
const QUALITY = 85;
const LONGEST_SECONDS = 30;
/** A decoded image takes up to some hundred megabytes. */
const AT_ONCE = 2;

// Uploads are the only images this service reads: no other decoder shall ever see foreign bytes.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
// No upload comes twice, and nothing of a photo shall stay in memory.
sharp.cache(false);

const limit = pLimit(AT_ONCE);

/**
 * JPEG, PNG or WebP (recognised by content) as a JPEG in sRGB without any metadata: no place, no time, no device.
 * Transparent parts become white; of an animation the first picture is kept.
 * @throws Problem unsupported_media_type for other content, photo_unreadable for a damaged or too large image
 */
export function cleanPhoto(file: string): Promise<Uint8Array> {
  return limit(async () => {
    // Not by name: what sharp has opened could not be removed on Windows.
    const upload = await readFile(file);
    const { width, height } = await sizeOf(upload);
    if (width * height > MOST_PIXELS)
      throw new Problem('photo_unreadable', `A photo may have ${MOST_PIXELS} pixels.`, { details: { width, height } });
    return sharp(upload, { limitInputPixels: MOST_PIXELS, failOn: 'error' })
      .autoOrient()
      .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: QUALITY })
      .timeout({ seconds: LONGEST_SECONDS })
      .toBuffer()
      .catch(() => {
        throw new Problem('photo_unreadable', 'The image is damaged.');
      });
  });
}

/** Read from the head of the file alone. */
async function sizeOf(upload: Uint8Array): Promise<{ readonly width: number; readonly height: number }> {
  try {
    return await sharp(upload, { limitInputPixels: false }).metadata();
  } catch {
    throw new Problem('unsupported_media_type', 'A photo must be a JPEG, PNG or WebP image.');
  }
}
