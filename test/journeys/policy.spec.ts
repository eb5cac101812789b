import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemBody } from '../../src/http/problem.js';
import type { PolicyAnswer, PolicyVersionsAnswer } from '../../src/policy/policy.dto.js';
import { ok, refusal, Shop } from './shop-front.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

const policy = (): Promise<PolicyAnswer> => ok(shop.call<PolicyAnswer>('GET', '/v1/policy'));
const put = (body: object, headers: Readonly<Record<string, string>> = {}) => shop.call<PolicyAnswer>('PUT', '/v1/policy', body, headers);

describe('The policy', () => {
  it('comes with sensible terms as version 0', async () => {
    expect(await policy()).toMatchObject({
      id: 'default',
      version: 0,
      publishedAt: null,
      windowDays: 30,
      transitBufferDays: 7,
      timeZone: 'UTC',
      refundTrigger: 'received',
      outboundShipping: 'fullReturn',
      wrappingRefund: 'never',
      tenderOrder: 'reverseCapture',
      approval: { auto: true, reviewAboveMinor: null, declineReasons: [] },
      gradeFactorsBp: { A: 10_000, B: 10_000, C: 7500, D: 0, X: 0 },
      expireAfterDays: 28,
    });
  });

  it('is first published by whoever has read the built-in terms, and not over a publication he has not seen', async () => {
    const fresh = await Shop.open();
    const read = await fresh.call('GET', '/v1/policy');
    const seen = { 'if-match': read.headers.get('etag') ?? '' };
    const publish = (body: object) => fresh.call<PolicyAnswer>('PUT', '/v1/policy', body, seen);
    expect(await ok(publish({ windowDays: 14 }))).toMatchObject({ version: 1, windowDays: 14 });
    expect(await refusal(publish({ windowDays: 60 }))).toEqual([412, 'revision_mismatch']);
    await fresh.close();
  });

  it('is published in versions; the same document again publishes nothing', async () => {
    const first = await put({ windowDays: 14, returnShipping: { feeMinor: 490 } });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      version: 1,
      windowDays: 14,
      returnShipping: { feeMinor: 490, freeFromMinor: null },
      expireAfterDays: 28,
    });
    const again = await put({ returnShipping: { feeMinor: 490, freeFromMinor: null }, windowDays: 14 });
    expect([again.body.version, again.headers.get('x-position'), again.headers.get('etag')]).toEqual([1, null, first.headers.get('etag')]);
    const sentBack = await put(await policy());
    expect([sentBack.status, sentBack.body.version]).toEqual([200, 1]);
    expect(await ok(put({ windowDays: null }))).toMatchObject({ version: 2, windowDays: null });
  });

  it('can be read version by version, and a version can be withdrawn', async () => {
    const inForce = (await policy()).version;
    await ok(put({ windowDays: 3 }));
    const versions = async () => (await ok(shop.call<PolicyVersionsAnswer>('GET', '/v1/policy/versions'))).items;
    expect((await versions())[0]).toMatchObject({ version: inForce + 1, inForce: true, retiredAt: null });
    expect((await versions()).at(-1)).toEqual({ version: 0, publishedAt: null, retiredAt: null, inForce: false });
    expect((await shop.call('GET', '/v1/policy/versions', undefined, { accept: 'text/csv' })).text.split('\r\n')).toEqual(
      expect.arrayContaining(['version,publishedAt,retiredAt,inForce', '0,,,false']),
    );
    expect(await ok(shop.call('GET', '/v1/policy/versions/1'))).toMatchObject({ version: 1, windowDays: 14 });
    expect(await ok(shop.call('GET', '/v1/policy/versions/0'))).toMatchObject({ version: 0, windowDays: 30 });
    expect(await refusal(shop.call('GET', '/v1/policy/versions/99'))).toEqual([404, 'not_found']);
    expect(await ok(shop.call('POST', `/v1/policy/versions/${inForce + 1}/retire`, {}))).toMatchObject({ version: inForce });
    expect((await versions())[0]).toMatchObject({ inForce: false, retiredAt: expect.any(String) });
  });

  it('is frozen on a return when it is filed', async () => {
    await ok(put({ windowDays: null, refundTrigger: 'received' }));
    const { version } = await policy();
    const before = await shop.filed(await shop.order(), { mug: 1 });
    await ok(put({ windowDays: null, refundTrigger: 'inspected' }));
    const after = await shop.filed(await shop.order(), { mug: 1 });
    expect((await shop.look(before.returnId)).policy).toEqual({ id: 'default', version });
    expect(after.policy).toEqual({ id: 'default', version: (await policy()).version });
    expect(after.policy.version).toBeGreaterThan(version);
  });

  it.each<[string, object, string]>([
    ['an unknown field', { colour: 'red' }, 'validation_failed'],
    ['an unknown field of a part', { approval: { always: true } }, 'validation_failed'],
    ['a rate above 100 %', { restockingFeeBp: 10_001 }, 'validation_failed'],
    ['a reason twice', { reasons: [1, 2].map(() => ({ code: 'a', label: 'A', fault: 'customer' })) }, 'validation_failed'],
    ['a time zone that is none', { timeZone: 'Moon/Base' }, 'validation_failed'],
    ['a trigger nobody knows', { refundTrigger: 'never' }, 'validation_failed'],
    ['nothing to choose from', { methods: [] }, 'validation_failed'],
  ])('refuses %s', async (_, body, code) => {
    const { version } = await policy();
    expect(await refusal(shop.call('PUT', '/v1/policy', body))).toEqual([400, code]);
    expect((await policy()).version).toBe(version);
  });

  it('can be tried before it is published, and says which field is wrong', async () => {
    const { version } = await policy();
    const check = (body: object) => shop.call<ProblemBody>('POST', '/v1/policy/check', body);
    expect((await check({ windowDays: 3 })).body).toMatchObject({ windowDays: 3, expireAfterDays: 28 });
    const faults: [object, string][] = [
      [{ windowDays: -1 }, '/windowDays'],
      [{ timeZone: 'Moon/Base' }, '/timeZone'],
      [{ methods: [] }, '/methods'],
      [{ approval: { declineReasons: ['none'] } }, '/approval/declineReasons'],
      [{ reasons: [{ code: 'a', label: 'A', fault: 'customer', parent: 'b' }] }, '/reasons/0/parent'],
    ];
    for (const [body, pointer] of faults)
      expect((await check(body)).body.errors).toEqual([{ pointer, detail: expect.any(String), in: 'body' }]);
    expect((await policy()).version).toBe(version);
  });

  it('is changed by admins alone, and only by those who have seen its last version', async () => {
    const shopKey = shop.app.as(await shop.app.keyFor('shop'));
    expect((await shopKey('GET', '/v1/policy')).status).toBe(200);
    expect(await refusal(shopKey('PUT', '/v1/policy', {}))).toEqual([403, 'forbidden']);
    const customer = await shop.customerOf(await shop.order());
    expect(await refusal(customer('GET', '/v1/policy'))).toEqual([403, 'forbidden']);
    expect(await refusal(shop.call('PUT', '/v1/policy', { windowDays: 77 }, { 'if-match': '"0"' }))).toEqual([412, 'revision_mismatch']);
  });
});
