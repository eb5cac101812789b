/** ZXing as WebAssembly, served with the pages. Loaded only where a camera is used and the browser reads no barcodes. */
import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';
import type { CodeReader } from './code-reader';

/** Wide enough for a label at arm's length. */
const WIDEST = 1280;
const OPTIONS: ReaderOptions = {
  tryHarder: true,
  maxNumberOfSymbols: 1,
  formats: ['Code128', 'Code39', 'Code93', 'Codabar', 'ITF', 'EAN13', 'EAN8', 'UPCA', 'UPCE', 'QRCode', 'DataMatrix', 'PDF417', 'Aztec'],
};

export async function openZxing(): Promise<CodeReader> {
  // Without this it would be loaded from another host.
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('This browser gives no picture of the camera to the page.');
  return async (video) => {
    if (video.videoWidth === 0) return null;
    canvas.width = Math.min(WIDEST, video.videoWidth);
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), OPTIONS);
    return found.find(({ isValid }) => isValid)?.text ?? null;
  };
}
