import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';

describe('A request that cannot be taken', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  const post = (body: unknown, headers?: Record<string, string>) => service.call('POST', '/v1/api-keys', body, headers);

  it('is answered with problem+json', async () => {
    const answer = await post({ role: 'shop' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual({
      type: 'urn:backhaul:problem:validation_failed',
      title: 'The request is not as documented',
      status: 400,
      detail: 'Some fields are not as documented.',
      code: 'validation_failed',
      errors: [{ pointer: '/label', detail: 'must be text of 1 to 100 characters without control characters', in: 'body' }],
    });
  });

  it.each([
    ['broken JSON', '{"role":', 400, 'malformed_json'],
    ['no body where JSON is announced', '', 400, 'malformed_json'],
    ['JSON that is no object', '[]', 400, 'validation_failed'],
    ['null', 'null', 400, 'validation_failed'],
    ['an unknown field', '{"role":"shop","label":"x","admin":true}', 400, 'validation_failed'],
    ['__proto__', '{"role":"shop","label":"x","__proto__":{"role":"admin"}}', 400, 'malformed_json'],
    ['a constructor with a prototype', '{"role":"shop","label":"x","constructor":{"prototype":{"a":1}}}', 400, 'malformed_json'],
    ['a lone surrogate', '{"role":"shop","label":"\\ud800"}', 400, 'validation_failed'],
    ['a control character', '{"role":"shop","label":"a\\u0000b"}', 400, 'validation_failed'],
    ['a number beyond 2^53', '{"role":"shop","label":9007199254740993}', 400, 'validation_failed'],
    ['10 MB', JSON.stringify({ role: 'shop', label: 'x'.repeat(10 * 1024 * 1024) }), 413, 'payload_too_large'],
  ])('because of %s is refused with a code', async (_, body, status, code) => {
    const answer = await post(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it.each([
    ['Latin-1', Buffer.from('{"role":"shop","label":"K\xf6ln"}', 'latin1'), 25],
    [
      'UTF-8 that was cut off',
      Buffer.concat([Buffer.from('{"role":"shop","label":"'), Buffer.from('ö').subarray(0, 1), Buffer.from('"}')]),
      24,
    ],
    ['an overlong slash', Buffer.concat([Buffer.from('{"role":"shop","label":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]), 24],
    [
      'half a character in bytes (CESU-8)',
      Buffer.concat([Buffer.from('{"role":"shop","label":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
      24,
    ],
  ])('because its bytes are %s is refused, and not read as something else', async (_, body, at) => {
    const answer = await post(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed_json']);
    expect(answer.text).toContain(`not UTF-8 from byte ${at} on`);
  });

  it('because its address is no UTF-8 is refused', async () => {
    for (const path of ['/v1/returns?customer=K%f6ln', '/v1/returns?q=%ed%a0%80', '/v1/orders/%ff', '/v1/returns?%ff=1']) {
      const answer = await service.call('GET', path);
      expect([path, answer.status, answer.body.code]).toEqual([path, 400, 'validation_failed']);
    }
    expect((await service.call('GET', '/v1/returns?customer=K%C3%B6ln%20100%')).status).toBe(200);
  });

  it('because of its content type is refused with 415', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'multipart/form-data; boundary=x',
      'nonsense',
    ]) {
      const answer = await post('{"role":"shop","label":"x"}', { 'content-type': type });
      expect([type, answer.status, answer.body.code]).toEqual([type, 415, 'unsupported_media_type']);
    }
  });

  it('because nothing is at its address is refused with 404', async () => {
    for (const path of [
      '/nothing',
      '/v1/nothing',
      '/v1',
      '/v1/api-keys/a/b',
      '/openapi.json/x',
      '/v1/%2e%2e/api-keys',
      `/${'x'.repeat(5000)}`,
    ]) {
      const answer = await service.call('GET', path);
      expect([path.slice(0, 30), answer.status, answer.body.code]).toEqual([path.slice(0, 30), 404, 'not_found']);
    }
  });

  it('because the address takes other methods is refused with 405 and their names', async () => {
    const answer = await service.call('PATCH', '/v1/api-keys', {});
    expect([answer.status, answer.body.code, answer.headers.get('allow')]).toEqual([405, 'method_not_allowed', 'GET, HEAD, POST']);
    expect((await service.call('PUT', '/v1/api-keys/key-1', {})).headers.get('allow')).toBe('DELETE');
  });

  it('because of an odd identifier in the address is refused, never a failure', async () => {
    for (const id of [
      '%00',
      '%0d%0aset-cookie:a=b',
      '%F0%9F%98%80',
      '%20',
      "'%20or%201=1",
      '..%2f..%2fetc',
      '{}',
      'a'.repeat(301),
      'a'.repeat(2000),
      '%',
      '%zz',
      '%c3%28',
    ]) {
      const answer = await service.call('DELETE', `/v1/api-keys/${id}`);
      expect([id.slice(0, 30), answer.status >= 400 && answer.status < 500]).toEqual([id.slice(0, 30), true]);
      expect(answer.body.code).toMatch(/^(validation_failed|not_found)$/);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
  });

  it('because of its headers is refused with 400', async () => {
    const wrong = [
      ['idempotency-key', ''],
      ['idempotency-key', 'k'.repeat(256)],
      ['idempotency-key', 'é'],
      ['if-match', 'abc'],
      ['if-match', '"1", "2"'],
      ['if-match', 'W/"1"'],
      ['x-min-position', 'a b'],
    ] as const;
    for (const [name, value] of wrong) {
      const answer = await post({ role: 'shop', label: 'x' }, { [name]: value });
      expect([name, value.slice(0, 10), answer.status, answer.body.errors?.[0]?.in]).toEqual([name, value.slice(0, 10), 400, 'header']);
    }
  });

  it('has written nothing', async () => {
    expect((await service.call('GET', '/v1/api-keys')).body.items).toEqual([]);
  });

  it('is none because of its characters: each is taken as it was sent', async () => {
    const label = 'Köln 東京 \u{1f4e6} \u202b\ufffd';
    const { body } = await post({ role: 'shop', label });
    expect(body).toMatchObject({ label });
    expect((await post(`\ufeff${JSON.stringify({ role: 'shop', label: 'with a byte order mark' })}`)).status).toBe(201);
  });

  it('that is no HTTP at all does not stop the service', async () => {
    const { port } = new URL(service.url);
    for (const bytes of [
      '\0\0\0',
      'GET / HTTP/9.9\r\n\r\n',
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
      'POST /v1/api-keys HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
    ]) {
      const first = await new Promise<string>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
        socket.once('data', (data) => {
          resolve(data.toString().slice(0, 12));
          socket.destroy();
        });
        socket.once('error', () => resolve(''));
        socket.once('close', () => resolve(''));
      });
      expect(first).not.toMatch(/ 5\d\d/);
    }
    expect((await service.call('GET', '/v1/api-keys')).status).toBe(200);
  });

  it('is refused without credentials first, whatever else is wrong with it', async () => {
    const answer = await service.as(null)('POST', '/v1/api-keys', { odd: 1 });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(JSON.stringify(answer.body)).not.toContain(ADMIN_KEY);
  });
});
