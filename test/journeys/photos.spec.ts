import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { startApp, type Answer, type Call } from '../support/app.js';
import { form, formPart, jpeg, photoForm, picture, type Form } from '../support/photos.js';
import { waitFor } from '../support/wait-for.js';
import { DAY, ok, orderBody, refusal, returnBody, Shop } from './shop-front.js';

type Photo = { readonly photoRef: string };
type Link = { readonly photoRef: string; readonly url: string; readonly expiresAt: string };

const MINUTE = 60_000;

describe('Photos of what is returned', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open();
  });
  afterAll(() => shop.close());

  const send = (
    orderId: string,
    { body, headers }: Form,
    who: Call = shop.call,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Photo>> => who<Photo>('POST', `/v1/orders/${orderId}/photos`, body, { ...headers, ...more });
  const uploaded = async (orderId: string, image?: Uint8Array, who?: Call): Promise<string> =>
    (await ok(send(orderId, photoForm(image ?? (await jpeg())), who), 201)).photoRef;
  const refused = async (orderId: string, upload: Form): Promise<readonly [number, unknown]> => {
    const { status, headers, body } = await shop.call('POST', `/v1/orders/${orderId}/photos`, upload.body, upload.headers);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    return [status, body['code']];
  };
  const shown = (returnId: string, who: Call = shop.call): Promise<readonly Link[]> =>
    ok(who<readonly Link[]>('GET', `/v1/returns/${returnId}/photos`));
  const get = (url: string): Promise<Response> => fetch(new URL(url, shop.app.url));
  const linesWith = (photos: readonly string[]) => [{ lineId: 'shirt', quantity: 1, reason: 'changed_mind', condition: 'opened', photos }];
  const filedWith = (orderId: string, photos: readonly string[]) => shop.filed(orderId, {}, { lines: linesWith(photos) });

  /** Every file of the photos folder but its index. */
  const filesKept = async (): Promise<readonly string[]> => {
    const entries = await readdir(join(shop.app.dataDir, 'photos'), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('photos.sqlite'))
      .map(({ name }) => name)
      .sort();
  };
  /** The bytes that are kept of an upload, got as anybody would get them. */
  const keptOf = async (image: Uint8Array): Promise<Buffer> => {
    const orderId = await shop.order();
    const { returnId } = await filedWith(orderId, [await uploaded(orderId, image)]);
    const [link] = await shown(returnId);
    return Buffer.from(await (await get(link!.url)).arrayBuffer());
  };

  describe('on their way in', () => {
    it('are uploaded by the customer, named in the return, and seen by links that need no credentials', async () => {
      const orderId = await shop.order();
      const customer = await shop.customerOf(orderId);
      const photoRef = await uploaded(orderId, await jpeg(60, 30), customer);
      const filed = await ok(
        customer<{ returnId: string; lines: { photos: string[] }[] }>('POST', `/v1/orders/${orderId}/returns`, {
          ...returnBody({}),
          lines: linesWith([photoRef]),
        }),
        201,
      );
      expect(filed.lines[0]!.photos).toEqual([photoRef]);

      const links = await shown(filed.returnId, customer);
      expect(links).toEqual([
        {
          photoRef,
          url: expect.stringMatching(new RegExp(`^/v1/photos/${photoRef}\\?expires=\\d+&signature=[\\w-]+$`)),
          expiresAt: new Date(shop.now + 5 * MINUTE).toISOString(),
        },
      ]);
      const seen = await get(links[0]!.url);
      expect(seen.status).toBe(200);
      expect(
        Object.fromEntries(
          [
            'content-type',
            'content-disposition',
            'x-content-type-options',
            'content-security-policy',
            'cache-control',
            'referrer-policy',
          ].map((name) => [name, seen.headers.get(name)]),
        ),
      ).toEqual({
        'content-type': 'image/jpeg',
        'content-disposition': 'inline',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'private, max-age=300',
        'referrer-policy': 'no-referrer',
      });
      expect(await sharp(Buffer.from(await seen.arrayBuffer())).metadata()).toMatchObject({ format: 'jpeg', width: 60, height: 30 });
    });

    it('may be JPEG, PNG or WebP, whatever their name and type say', async () => {
      const orderId = await shop.order();
      for (const image of [picture().jpeg(), picture().png(), picture().webp()]) {
        const answer = await send(orderId, photoForm(await image.toBuffer(), '../../evil.svg', 'text/html'));
        expect([answer.status, Object.keys(answer.body)]).toEqual([201, ['photoRef']]);
      }
    });

    it('lose the place they were taken at, and everything else that is no picture', async () => {
      const taken = await picture()
        .withExif({
          IFD0: { Make: 'ACME-CAMERA', Artist: 'Ada Example' },
          IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 12/1', GPSLongitudeRef: 'E', GPSLongitude: '13/1 24/1 36/1' },
        })
        .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><place>XMP-PLACE</place></x:xmpmeta>')
        .withIccProfile('p3')
        .jpeg()
        .toBuffer();
      const before = Buffer.concat([taken, Buffer.from('HIDDEN-BEHIND-THE-END')]);
      const told = await sharp(before).metadata();
      expect([gpsPointerIn(told.exif), told.xmp !== undefined, told.icc !== undefined, before.includes('ACME-CAMERA')]).toEqual([
        true,
        true,
        true,
        true,
      ]);

      const kept = await keptOf(before);
      const { exif, xmp, icc, iptc, comments } = await sharp(kept).metadata();
      expect({ exif, xmp, icc, iptc, comments }).toEqual({});
      for (const word of ['ACME-CAMERA', 'Ada Example', 'XMP-PLACE', 'HIDDEN-BEHIND-THE-END', 'Exif'])
        expect([word, kept.includes(word)]).toEqual([word, false]);
    });

    it('lose it in PNG and WebP too', async () => {
      const place = { IFD0: { Make: 'ACME-CAMERA' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 12/1' } };
      for (const image of [picture().withExif(place).png(), picture().withExif(place).webp()]) {
        const before = await image.toBuffer();
        expect(gpsPointerIn((await sharp(before).metadata()).exif)).toBe(true);
        expect((await sharp(await keptOf(before)).metadata()).exif).toBeUndefined();
      }
    });

    it('stand upright although the mark that said how is gone', async () => {
      const lying = await picture(40, 20).withMetadata({ orientation: 6 }).jpeg().toBuffer();
      const { width, height, orientation } = await sharp(await keptOf(lying)).metadata();
      expect([width, height, orientation]).toEqual([20, 40, undefined]);
    });

    it('are made smaller when they are larger than anybody looks at', async () => {
      const { width, height } = await sharp(await keptOf(await jpeg(4800, 1200))).metadata();
      expect([width, height]).toEqual([4000, 1000]);
    });

    it('are told apart by the idempotency key: sent again it is the same photo, another one is refused', async () => {
      const orderId = await shop.order();
      const key = { 'idempotency-key': 'photo-1' };
      const first = await send(orderId, photoForm(await jpeg()), shop.call, key);
      const again = await send(orderId, photoForm(await jpeg()), shop.call, key);
      expect([again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([201, first.body, 'true']);
      const other = await shop.call('POST', `/v1/orders/${orderId}/photos`, photoForm(await jpeg(8, 8)).body, {
        ...photoForm(await jpeg()).headers,
        ...key,
      });
      expect([other.status, other.body['code']]).toEqual([422, 'idempotency_conflict']);
    });

    it('may come at the same time, also twice under one key', async () => {
      const orderId = await shop.order();
      const [red, blue] = await Promise.all([
        uploaded(orderId, await jpeg(30, 30, '#ff0000')),
        uploaded(orderId, await jpeg(30, 30, '#0000ff')),
      ]);
      const twice = await Promise.all(
        [1, 2].map(async () => ok(send(orderId, photoForm(await jpeg(31, 31)), shop.call, { 'idempotency-key': 'twice' }), 201)),
      );
      expect(twice[0]).toEqual(twice[1]);
      const { returnId } = await filedWith(orderId, [red, blue, twice[0]!.photoRef]);
      const links = await shown(returnId);
      expect(links.map(({ photoRef }) => photoRef)).toEqual([red, blue, twice[0]!.photoRef]);
      const colours = await Promise.all(
        links.slice(0, 2).map(async ({ url }) => (await sharp(await (await get(url)).arrayBuffer()).stats()).dominant),
      );
      expect(colours.map(({ r, b }) => (r > b ? 'red' : 'blue'))).toEqual(['red', 'blue']);
    });
  });

  describe('that are refused', () => {
    let orderId: string;
    let before: readonly string[];
    beforeAll(async () => {
      orderId = await shop.order();
      before = await filesKept();
    });
    afterAll(async () => {
      expect(await filesKept()).toEqual(before);
    });

    it('are no JPEG, PNG or WebP, however they are called', async () => {
      const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>');
      for (const content of [Buffer.from('hello'), Buffer.alloc(0), svg, gif(), Buffer.from('%PDF-1.7')]) {
        expect([content.toString().slice(0, 8), ...(await refused(orderId, photoForm(content)))]).toEqual([
          content.toString().slice(0, 8),
          415,
          'unsupported_media_type',
        ]);
      }
    });

    it('are damaged', async () => {
      const whole = await picture(400, 400).png().toBuffer();
      expect(await refused(orderId, photoForm(whole.subarray(0, whole.length / 2)))).toEqual([422, 'photo_unreadable']);
    });

    it('are larger than 10 MiB, told before or found out on the way', async () => {
      const large = Buffer.concat([await jpeg(), Buffer.alloc(10 * 1024 * 1024)]);
      expect(await refused(orderId, photoForm(large))).toEqual([413, 'payload_too_large']);
      // Without a length, and with one that leaves room for what stands around the photo.
      expect(await chunked(orderId, photoForm(large))).toBe(413);
      const hardly = Buffer.concat([await jpeg(), Buffer.alloc(10 * 1024 * 1024 - 100)]);
      expect(await refused(orderId, photoForm(hardly))).toEqual([413, 'payload_too_large']);
    });

    it('would unpack to more than memory holds', async () => {
      expect(await refused(orderId, photoForm(claiming(await picture(1, 1).png().toBuffer(), 60_000, 60_000)))).toEqual([
        422,
        'photo_unreadable',
      ]);
    });

    it('come in a form that is none, or with something else in it', async () => {
      const image = await jpeg();
      const photo = formPart('photo', image, 'a.jpg');
      const type = form([]).headers['content-type']!;
      const wrong: Readonly<Record<string, Form>> = {
        'no end': form([photo], ''),
        'no parts': form([]),
        'no boundary': { body: form([photo]).body, headers: { 'content-type': 'multipart/form-data' } },
        'another boundary': { body: form([photo]).body, headers: { 'content-type': 'multipart/form-data; boundary=other' } },
        'no body': { body: Buffer.alloc(0), headers: { 'content-type': type } },
        'a field before': form([formPart('lineId', 'shirt'), photo]),
        'a field after': form([photo, formPart('lineId', 'shirt')]),
        'two photos': form([photo, photo]),
        'another name': form([formPart('file', image, 'a.jpg')]),
        'a text instead of a file': form([formPart('photo', 'text')]),
        'a name that means something else': form([formPart('__proto__', image, 'a.jpg')]),
        garbage: { body: Buffer.from('\r\n\r\n--\r\n\0'), headers: { 'content-type': type } },
        'headers without end': {
          body: Buffer.concat([photo.subarray(0, 40), Buffer.alloc(200_000, 'x')]),
          headers: { 'content-type': type },
        },
      };
      for (const [name, upload] of Object.entries(wrong))
        expect([name, ...(await refused(orderId, upload))]).toEqual([name, 400, 'validation_failed']);
      expect(await refusal(shop.call('POST', `/v1/orders/${orderId}/photos`, {}))).toEqual([415, 'unsupported_media_type']);
      expect(await refusal(shop.call('POST', `/v1/orders/${orderId}/photos`, image, { 'content-type': 'image/jpeg' }))).toEqual([
        415,
        'unsupported_media_type',
      ]);
    });

    it('are for no order, or for somebody else’s', async () => {
      const stranger = await shop.customerOf(await shop.order());
      const foreign = await send(orderId, photoForm(await jpeg()), stranger);
      const nothing = await send('no-such-order', photoForm(await jpeg()), stranger);
      expect([foreign.status, foreign.text]).toEqual([404, nothing.text]);
      expect((await send('no-such-order', photoForm(await jpeg()))).status).toBe(404);
      expect((await send(orderId, photoForm(await jpeg()), shop.app.as(null))).status).toBe(401);
      expect((await send(orderId, photoForm(await jpeg()), shop.app.as(await shop.app.keyFor('finance')))).status).toBe(403);
    });

    it('break off: nothing stays', async () => {
      const { body, headers } = photoForm(Buffer.concat([await jpeg(), Buffer.alloc(500_000)]));
      const upload = httpRequest(`${shop.app.url}/v1/orders/${orderId}/photos`, {
        method: 'POST',
        headers: { ...headers, ...(await bearer()), 'content-length': String(body.length) },
      });
      upload.on('error', () => undefined);
      upload.write(body.slice(0, 300_000));
      await waitFor(async () => (await filesKept()).length > before.length, 'the first bytes on disk');
      upload.destroy();
      await waitFor(async () => (await filesKept()).length === before.length, 'the folder as it was');
    });

    it('are sent to an address that takes no forms', async () => {
      const { body, headers } = photoForm(await jpeg());
      expect(await refusal(shop.call('POST', `/v1/orders/${orderId}/returns`, body, headers))).toEqual([415, 'unsupported_media_type']);
      expect(await refusal(shop.call('POST', '/v1/orders/import', body, headers))).toEqual([415, 'unsupported_media_type']);
    });
  });

  it('are at most fifty of an order, also when the last ones come together', async () => {
    const orderId = await shop.order();
    const image = await jpeg(4, 4);
    for (let n = 0; n < 49; n += 1) await uploaded(orderId, image);
    const last = await Promise.all([1, 2, 3].map(async () => (await send(orderId, photoForm(image))).status));
    expect(last.sort()).toEqual([201, 409, 409]);
    expect(await refused(orderId, photoForm(image))).toEqual([409, 'too_many_photos']);
  }, 30_000);

  describe('as references', () => {
    it('must be there and of the same order, in a return, a mismatch and an inspection', async () => {
      const orderId = await shop.order();
      const foreign = await uploaded(await shop.order());
      const own = await uploaded(orderId);
      const { returnId } = await filedWith(orderId, [own]);
      await ok(
        shop.call('POST', `/v1/returns/${returnId}/receipts`, { scanId: 's1', station: 'dock', items: [{ lineId: 'shirt', quantity: 1 }] }),
      );
      for (const photo of [foreign, 'no-such-photo', '../../vault.sqlite'.replace(/^\.+/, 'x')]) {
        const requests: Readonly<Record<string, object>> = {
          [`/v1/orders/${orderId}/returns`]: { ...returnBody({}), lines: linesWith([own, photo]) },
          [`/v1/returns/${returnId}/mismatches`]: { scanId: 'm1', station: 'dock', expectedLineId: 'shirt', quantity: 1, photos: [photo] },
          [`/v1/returns/${returnId}/inspections`]: {
            station: 'dock',
            items: [{ lineId: 'shirt', quantity: 1, grade: 'C', photos: [photo] }],
          },
        };
        for (const [path, body] of Object.entries(requests))
          expect([path, ...(await refusal(shop.call('POST', path, body)))]).toEqual([path, 422, 'unknown_photo']);
      }
    });

    it('of the warehouse stand beside those of the customer', async () => {
      const orderId = await shop.order();
      const clerk = shop.app.as(await shop.app.keyFor('warehouse'));
      const [own, found, grade] = [
        await uploaded(orderId),
        await uploaded(orderId, undefined, clerk),
        await uploaded(orderId, undefined, clerk),
      ];
      const { returnId } = await shop.filed(orderId, {}, { lines: [{ ...linesWith([own])[0], quantity: 2 }] });
      await ok(
        clerk('POST', `/v1/returns/${returnId}/receipts`, { scanId: 's1', station: 'dock', items: [{ lineId: 'shirt', quantity: 1 }] }),
      );
      await ok(
        clerk('POST', `/v1/returns/${returnId}/mismatches`, {
          scanId: 'm1',
          station: 'dock',
          expectedLineId: 'shirt',
          quantity: 1,
          photos: [found],
        }),
      );
      await ok(
        clerk('POST', `/v1/returns/${returnId}/inspections`, {
          station: 'dock',
          items: [{ lineId: 'shirt', quantity: 1, grade: 'C', photos: [grade] }],
        }),
      );
      expect((await shown(returnId)).map(({ photoRef }) => photoRef)).toEqual([own, found, grade]);
    });

    it('are all that the log holds', async () => {
      const orderId = await shop.order();
      const image = await jpeg(50, 50);
      const photoRef = await uploaded(orderId, image);
      await filedWith(orderId, [photoRef]);
      const kept = await readFile(join(shop.app.dataDir, 'photos', photoRef.slice(0, 2), photoRef));
      const log = Buffer.concat(
        await Promise.all(
          (await readdir(shop.app.dataDir))
            .filter((name) => name.startsWith('log.sqlite'))
            .map((name) => readFile(join(shop.app.dataDir, name))),
        ),
      );
      expect([log.includes(photoRef), log.includes(kept.subarray(0, 64)), log.includes(kept.subarray(0, 64).toString('base64'))]).toEqual([
        true,
        false,
        false,
      ]);
    });
  });

  describe('by link', () => {
    let link: Link;
    let returnId: string;
    beforeAll(async () => {
      const orderId = await shop.order();
      ({ returnId } = await filedWith(orderId, [await uploaded(orderId)]));
      [link] = (await shown(returnId)) as [Link];
    });

    it('are only for those who may see the return', async () => {
      const stranger = await shop.customerOf(await shop.order());
      const path = `/v1/returns/${returnId}/photos`;
      expect((await stranger('GET', path)).status).toBe(404);
      expect((await shop.app.as(null)('GET', path)).status).toBe(401);
      expect((await shop.call('GET', `/v1/returns/${returnId}9/photos`)).status).toBe(404);
    });

    it('are not there for a link that is forged, changed, or of another photo, and all of these look the same', async () => {
      const orderId = await shop.order();
      const other = await uploaded(orderId);
      const url = new URL(link.url, shop.app.url);
      const changed = (change: (query: URLSearchParams) => void, path = url.pathname): string => {
        const query = new URLSearchParams(url.search);
        change(query);
        return `${path}?${query.toString()}`;
      };
      const forged = createHash('sha256').update(link.photoRef).digest('base64url');
      const links = [
        url.pathname,
        changed(() => undefined, `/v1/photos/${other}`),
        changed(() => undefined, '/v1/photos/no-such-photo'),
        changed((query) => query.set('expires', String(Number(query.get('expires')) + 60))),
        changed((query) => query.set('expires', `0${query.get('expires')}`)),
        changed((query) => query.set('signature', forged)),
        changed((query) => query.set('signature', (query.get('signature') ?? '').slice(1))),
        changed((query) => query.set('signature', '')),
        changed((query) => query.append('signature', forged)),
        changed((query) => query.delete('expires')),
      ];
      const answers = await Promise.all(
        links.map(async (each) => {
          const answer = await get(each);
          return `${answer.status} ${answer.headers.get('content-type')} ${await answer.text()}`;
        }),
      );
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toMatch(/^404 application\/problem\+json/);
    });

    it('open until the moment they end and not after it', async () => {
      const [fresh] = await shown(returnId);
      shop.now += 5 * MINUTE - 1000;
      const last = await get(fresh!.url);
      expect([last.status, last.headers.get('cache-control')]).toEqual([200, 'private, max-age=1']);
      shop.now += 1000;
      expect((await get(fresh!.url)).status).toBe(404);
      expect((await get((await shown(returnId))[0]!.url)).status).toBe(200);
    });
  });

  it('that nobody names go after a day, those of a return stay', async () => {
    const orderId = await shop.order();
    const [named, unnamed] = [await uploaded(orderId), await uploaded(orderId)];
    const { returnId } = await filedWith(orderId, [named]);
    await writeFile(join(shop.app.dataDir, 'photos', 'incoming', 'fresh.upload'), 'still coming in');
    shop.now += DAY - MINUTE;
    const other = await shop.order();
    await uploaded(other);
    expect(await filesKept()).toContain(unnamed);
    shop.now += 2 * 3_600_000;
    const late = await uploaded(other);
    await waitFor(async () => !(await filesKept()).includes(unnamed), 'the unnamed photo to be gone');
    expect(await filesKept()).toEqual(expect.arrayContaining([named, late, 'fresh.upload']));
    expect((await get((await shown(returnId))[0]!.url)).status).toBe(200);
    expect(await refusal(shop.call('POST', `/v1/orders/${orderId}/returns`, { ...returnBody({}), lines: linesWith([unnamed]) }))).toEqual([
      422,
      'unknown_photo',
    ]);
  });

  it('that nobody named while the service was stopped go when it starts', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-photos-'));
    const clock = () => new Date(shop.now);
    const first = await startApp({ clock }, { DATA_DIR: dataDir });
    await ok(first.call('PUT', '/v1/orders/P-1', orderBody()), 201);
    const { body, headers } = photoForm(await jpeg());
    const { photoRef } = await ok(first.call<Photo>('POST', '/v1/orders/P-1/photos', body, headers), 201);
    await first.close();
    const file = join(dataDir, 'photos', photoRef.slice(0, 2), photoRef);
    expect((await readFile(file)).length).toBeGreaterThan(0);
    shop.now += DAY + MINUTE;
    const second = await startApp({ clock }, { DATA_DIR: dataDir });
    await waitFor(
      () =>
        readFile(file).then(
          () => false,
          () => true,
        ),
      'the photo to be gone',
    );
    await second.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('outlive the service, and so do links; what a killed one had not finished does not', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-photos-'));
    const clock = () => new Date(shop.now);
    const first = await startApp({ clock }, { DATA_DIR: dataDir });
    await ok(first.call('PUT', '/v1/orders/P-1', orderBody()), 201);
    const { body, headers } = photoForm(await jpeg());
    const { photoRef } = await ok(first.call<Photo>('POST', '/v1/orders/P-1/photos', body, headers), 201);
    const { returnId } = await ok(
      first.call<{ returnId: string }>('POST', '/v1/orders/P-1/returns', { ...returnBody({}), lines: linesWith([photoRef]) }),
      201,
    );
    const [link] = await ok(first.call<readonly Link[]>('GET', `/v1/returns/${returnId}/photos`));
    await first.close();

    const incoming = join(dataDir, 'photos', 'incoming');
    await mkdir(join(incoming, 'killed'));
    for (const name of ['of-an-older-release.upload', 'killed/lock.sqlite', 'killed/new.upload']) await writeFile(join(incoming, name), '');
    const second = await startApp({ clock }, { DATA_DIR: dataDir });
    const left = (await readdir(incoming, { recursive: true })).filter((name) => !name.includes('lock.sqlite'));
    expect(left).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    expect((await fetch(new URL(link!.url, second.url))).status).toBe(200);
    await second.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Sends it without telling its length. */
  async function chunked(orderId: string, { body, headers }: Form): Promise<number> {
    const credentials = await bearer();
    return new Promise((resolve, reject) => {
      const upload = httpRequest(
        `${shop.app.url}/v1/orders/${orderId}/photos`,
        { method: 'POST', headers: { ...headers, ...credentials, 'transfer-encoding': 'chunked' } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        },
      );
      upload.on('error', reject);
      upload.end(body);
    });
  }

  const bearer = async (): Promise<{ authorization: string }> => ({ authorization: `Bearer ${await shop.app.keyFor('shop')}` });
});

/** Whether EXIF data has the tag 0x8825, which leads to the place. */
function gpsPointerIn(exif: Buffer | undefined): boolean {
  return exif !== undefined && (exif.includes(Buffer.from([0x88, 0x25])) || exif.includes(Buffer.from([0x25, 0x88])));
}

/** 1 × 1; GIF is an image, but none that is taken. */
const gif = (): Buffer => Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64');

/** A PNG of a few bytes whose header claims other dimensions, with a right checksum. */
function claiming(png: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(width, 16);
  changed.writeUInt32BE(height, 20);
  changed.writeUInt32BE(crc32(changed.subarray(12, 29)), 29);
  return changed;
}
