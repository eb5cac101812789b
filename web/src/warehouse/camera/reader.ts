/** Reads barcodes from pictures: with the browser's own reader where it has one, else with one that comes with the page. */
import type { CodeReader } from './code-reader';

/** Shape Detection API; not in TypeScript's library yet. */
type Detector = { readonly detect: (source: CanvasImageSource) => Promise<readonly { readonly rawValue: string }[]> };
type DetectorClass = { new (): Detector; readonly getSupportedFormats: () => Promise<readonly string[]> };

const isDetectorClass = (value: unknown): value is DetectorClass => typeof value === 'function' && 'getSupportedFormats' in value;

/** What parcels and goods carry. A browser's reader without these is no use here. */
const NEEDED = ['code_128', 'ean_13', 'qr_code'];

export async function openReader(): Promise<CodeReader> {
  const own = await ownReader();
  if (own !== undefined) return own;
  const { openZxing } = await import('./zxing');
  return openZxing();
}

async function ownReader(): Promise<CodeReader | undefined> {
  const detectorClass: unknown = Reflect.get(globalThis, 'BarcodeDetector');
  if (!isDetectorClass(detectorClass)) return undefined;
  const formats = await detectorClass.getSupportedFormats().catch((): readonly string[] => []);
  if (!NEEDED.every((format) => formats.includes(format))) return undefined;
  const detector = new detectorClass();
  return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
}

/** A label that stays before the camera is one scan; held there again after this, it is the next. */
const AWAY_MS = 1_500;

/** Says of each code that is seen whether it is a new scan. Times are milliseconds of any clock that only goes forward. */
export function newScans(): (code: string, now: number) => boolean {
  const seenAt = new Map<string, number>();
  return (code, now) => {
    const isNew = now - (seenAt.get(code) ?? -Infinity) > AWAY_MS;
    seenAt.set(code, now);
    return isNew;
  };
}
