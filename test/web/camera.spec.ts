import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import bwipjs from 'bwip-js';
import sharp from 'sharp';
import { Desk } from '../journeys/warehouse-desk.js';
import { soon } from '../support/wait-for.js';
import { describePages, expectAccessible, launchBrowser, picture } from './browser.js';
import { Clerk } from './station-floor.js';

const ANY_CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const [WIDTH, HEIGHT, FRAMES] = [640, 480, 10];

describePages('The camera of the scan station', () => {
  let desk: Desk;
  let key: string;
  let folder: string;
  let returnId: string;
  let trackingNumber: string;

  beforeAll(async () => {
    [desk, folder] = await Promise.all([Desk.open(), mkdtemp(join(tmpdir(), 'backhaul-camera-'))]);
    key = await desk.app.keyFor('warehouse');
    ({ returnId, trackingNumber } = await desk.labelled({ red: 2 }));
  });
  afterAll(() => Promise.all([desk.close(), rm(folder, { recursive: true, force: true })]));

  /** A clerk whose camera sees this barcode and nothing else. */
  const seeing = async (bcid: string, text: string, use: (clerk: Clerk) => Promise<void>): Promise<void> => {
    const film = join(folder, `${bcid}.y4m`);
    await writeFile(
      film,
      await filmOf(
        await bwipjs.toBuffer({
          bcid,
          text,
          scale: bcid === 'qrcode' ? 6 : 2,
          paddingwidth: 10,
          paddingheight: 10,
          backgroundcolor: 'ffffff',
        }),
      ),
    );
    await withBrowser([...ANY_CAMERA, `--use-file-for-fake-video-capture=${film}`], use);
  };
  const withBrowser = async (options: readonly string[], use: (clerk: Clerk) => Promise<void>): Promise<void> => {
    const browser = await launchBrowser(options);
    try {
      const clerk = await Clerk.at(browser, desk.app.url, key);
      await use(clerk);
      await clerk.leave();
    } finally {
      await browser.close();
    }
  };

  it('reads the label of a parcel that is held before it, and is off once it is closed', async () => {
    await seeing('code128', trackingNumber, async (clerk) => {
      await clerk.page.evaluate(() => {
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => {
          const stream = await open(wanted);
          Object.assign(globalThis, { opened: stream });
          return stream;
        };
      });
      expect(await clerk.page.evaluate(() => 'BarcodeDetector' in globalThis)).toBe(false);
      await clerk.page.getByRole('button', { name: 'Use camera' }).click();
      await clerk.sees('opened', `${returnId} is open`);
      await picture(clerk.page, 'station-camera', { fullPage: false });
      await expectAccessible(clerk.page);
      await clerk.page.getByRole('button', { name: 'Close camera' }).click();
      await soon(async () =>
        expect(
          await clerk.page.evaluate(() =>
            (globalThis as unknown as { opened: MediaStream }).opened.getTracks().map(({ readyState }) => readyState),
          ),
        ).toEqual(['ended']),
      );
    });
  });

  it('reads a QR code, and takes photos of what lies before the clerk', async () => {
    await seeing('qrcode', `https://returns.example.org/r/${returnId}`, async (clerk) => {
      await clerk.page.getByRole('button', { name: 'Use camera' }).click();
      await clerk.sees('opened', `${returnId} is open`);
      await clerk.page.getByRole('button', { name: 'Close camera' }).click();
      await clerk.press('F8');
      await clerk.page.getByRole('button', { name: 'Take photo' }).click();
      await clerk.sees('note', 'Photo kept');
    });
  });

  it('reads with the reader that the browser has, and loads no other', async () => {
    await withBrowser(ANY_CAMERA, async (clerk) => {
      const loaded: string[] = [];
      clerk.page.on('request', (request) => loaded.push(request.url()));
      await clerk.page.evaluate(browsersOwnReader(['code_128', 'ean_13', 'qr_code'], trackingNumber));
      await clerk.page.getByRole('button', { name: 'Use camera' }).click();
      await clerk.sees('opened', `${returnId} is open`);
      expect(loaded.filter((url) => url.includes('zxing'))).toEqual([]);
    });
  });

  it('does not rely on a reader that knows no labels', async () => {
    await seeing('code128', trackingNumber, async (clerk) => {
      await clerk.page.evaluate(browsersOwnReader(['qr_code'], 'nothing on the label'));
      await clerk.page.getByRole('button', { name: 'Use camera' }).click();
      await clerk.sees('opened', `${returnId} is open`);
    });
  });

  it('says what to do where it is not allowed', async () => {
    await withBrowser(['--use-fake-device-for-media-stream', '--deny-permission-prompts'], async (clerk) => {
      await clerk.page.getByRole('button', { name: 'Use camera' }).click();
      await clerk.page.getByRole('alert').filter({ hasText: 'The camera is blocked' }).waitFor();
      await expectAccessible(clerk.page);
    });
  });

  it('says what to do where there is none', async () => {
    await withBrowser([], async (clerk) => {
      await clerk.page.getByRole('button', { name: 'Use camera' }).click();
      await clerk.page.getByRole('alert').filter({ hasText: 'No camera was found' }).waitFor();
    });
  });
});

/**
 * Script that gives the page a reader such as Chrome has on Android and macOS, and Debian's Chromium nowhere (Shape
 * Detection API): one that sees `code` in every picture of a film that runs.
 */
const browsersOwnReader = (formats: readonly string[], code: string): string => `globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ${JSON.stringify(formats)}; }
  async detect(film) { return film instanceof HTMLVideoElement && film.videoWidth > 0 ? [{ rawValue: ${JSON.stringify(code)} }] : []; }
};`;

/** A film in which nothing moves, as Chromium takes it for a camera's (YUV4MPEG2, 4:2:0). */
async function filmOf(image: Buffer): Promise<Buffer> {
  const grey = await sharp(image)
    .flatten({ background: '#fff' })
    .resize(WIDTH, HEIGHT, { fit: 'contain', background: '#fff' })
    .greyscale()
    .raw()
    .toBuffer();
  const frame = Buffer.concat([Buffer.from('FRAME\n'), grey, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`),
    ...Array.from({ length: FRAMES }, () => frame),
  ]);
}
