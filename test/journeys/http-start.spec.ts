import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { Public } from '../../src/access/access.js';
import { ReceiveItems } from '../../src/returns/receiving.commands.js';
import { ConfigError, readConfig } from '../../src/shared/config.js';
import { IDLE_CONNECTIONS_STAY_MS, startApp } from '../support/app.js';
import { easypostSettings } from '../support/easypost-double.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { waitFor } from '../support/wait-for.js';

describe('The configuration', () => {
  it('has usual values for everything', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      role: 'all',
      environment: 'development',
      adminApiKey: null,
      eventStoreUrl: null,
      oidc: null,
      simulatedPayments: true,
    });
    expect(readConfig({ NODE_ENV: 'production' })).toMatchObject({ environment: 'production', simulatedPayments: false });
  });

  it('is refused with all its mistakes at once, and without repeating secrets', () => {
    const wrong = {
      PORT: '99999',
      ROLE: 'boss',
      EVENTSTORE_URL: 'mysql://root:hunter2@db',
      OIDC_ISSUER: 'https://id.example',
      ADMIN_API_KEY: 'short',
      LOG_LEVEL: 'loud',
    };
    const mistakesOf = (): readonly string[] => {
      try {
        readConfig(wrong);
      } catch (error) {
        if (error instanceof ConfigError) return error.mistakes;
      }
      return [];
    };
    const mistakes = mistakesOf().join('\n');
    for (const name of ['PORT', 'ROLE', 'EVENTSTORE_URL', 'OIDC_AUDIENCE', 'ADMIN_API_KEY', 'LOG_LEVEL']) expect(mistakes).toContain(name);
    expect(mistakes).not.toMatch(/hunter2|short/);
  });

  it('of EasyPost is told with all that is missing, and complete only with the address parcels come back to', () => {
    const mistakesOf = (env: Readonly<Record<string, string>>): readonly string[] => {
      try {
        readConfig(env);
      } catch (error) {
        if (error instanceof ConfigError) return error.mistakes;
      }
      return [];
    };
    expect(mistakesOf({ EASYPOST_SERVICES: 'USPS' })).toEqual(['EASYPOST_API_KEY is needed with EASYPOST_SERVICES']);
    const wrong = {
      ...{ EASYPOST_API_KEY: 'sk_live_secret', EASYPOST_SERVICES: 'USPS, First Class', EASYPOST_DEFAULT_WEIGHT_GRAMS: '0' },
      ...{ RETURN_ADDRESS_COUNTRY: 'Germany', RETURN_ADDRESS_CITY: 'Berlin' },
    };
    const mistakes = mistakesOf(wrong).join('\n');
    for (const name of ['_API_KEY', '_SERVICES', '_DEFAULT_WEIGHT_GRAMS']) expect(mistakes).toContain(`EASYPOST${name} must`);
    for (const name of ['NAME', 'LINE1', 'POSTAL_CODE']) expect(mistakes).toContain(`RETURN_ADDRESS_${name} is needed`);
    expect(mistakes).toContain('RETURN_ADDRESS_COUNTRY must be two letters');
    expect(mistakes).not.toMatch(/sk_live_secret|RETURN_ADDRESS_CITY/);
    expect(readConfig(easypostSettings('https://api.example')).easypost).toMatchObject({
      ...{ services: [], defaultWeightGrams: 1000, webhookSecret: null, apiBase: 'https://api.example' },
      merchant: { name: 'Jack Sparrow', address: { city: 'San Francisco', country: 'US' } },
    });
  });
});

describe('The service', () => {
  it('does not start where two handlers claim one command, and names them', async () => {
    @CommandHandler(ReceiveItems)
    class SomebodyElse {
      execute = async (): Promise<void> => undefined;
    }
    @Module({ providers: [SomebodyElse] })
    class OneTooMany {}
    const starting = startApp({ imports: [OneTooMany] });
    await expect(starting).rejects.toThrow(/ReceiveItems is handled by ReceiveItemsHandler and by SomebodyElse/);
  });
});

describe('The service as a process', () => {
  let dataDir: string;
  let running: ServiceProcess | undefined;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'backhaul-start-'));
  });
  afterEach(async () => {
    running?.kill('SIGKILL');
    await running?.exited;
    running = undefined;
    await rm(dataDir, { recursive: true, force: true });
  });

  const shownKey = (service: ServiceProcess): string | undefined => /\bbh_[\w-]{43}\b/.exec(service.output())?.[0];

  it('prints where it is and, at the first start only, the admin key', async () => {
    running = await startService(dataDir, { ADMIN_API_KEY: '' });
    const { url, output } = running;
    const key = await waitFor(() => shownKey(running!), 'the admin key');
    expect(output()).toContain(`${url}/docs`);
    expect((await fetch(`${url}/v1/api-keys`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
    running.kill('SIGTERM');
    expect(await running.exited).toBe(0);

    running = await startService(dataDir, { ADMIN_API_KEY: '' });
    expect((await fetch(`${running.url}/v1/api-keys`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
    expect(shownKey(running)).toBeUndefined();
  });

  it('says in words why it does not start', async () => {
    await expect(startService(dataDir, { PORT: 'x', ROLE: 'y' })).rejects.toThrow(/ended with 1.*PORT.*ROLE/s);
    await expect(startService(dataDir, { RETURN_ADDRESS: 'Returns desk|Gothic 𐌰 Street' })).rejects.toThrow(
      /ended with 1.*RETURN_ADDRESS has signs in line 2 .*: 𐌰 \(U\+10330\)/s,
    );
    running = await startService(dataDir, { RETURN_ADDRESS: 'Τμήμα επιστροφών|ประเทศไทย' });
    await expect(startService(dataDir)).rejects.toThrow(/ended with 1.*already in use/s);
    const elsewhere = join(dataDir, 'elsewhere');
    await expect(startService(elsewhere, { PORT: new URL(running.url).port })).rejects.toThrow(/ended with 1.*Choose another with PORT/s);
  });

  it('keeps what it writes to its owner, and says when the folder is open to others', async () => {
    const own = join(dataDir, 'made/by/it');
    running = await startService(own);
    await running.call('PUT', '/v1/policy', {});
    for (const folder of [
      own,
      ...(await readdir(own, { withFileTypes: true, recursive: true })).map((each) => join(each.parentPath, each.name)),
    ]) {
      expect([folder, ((await stat(folder)).mode & 0o077).toString(8)]).toEqual([folder, '0']);
    }
    expect(running.output()).not.toContain('chmod');
    running.kill('SIGTERM');
    await running.exited;
    await chmod(own, 0o755);
    running = await startService(own);
    expect(running.output()).toContain(
      `The data folder ${own} is open to others than its owner (0755): it holds names, addresses and keys. Close it with: chmod -R go= ${own}`,
    );
    expect(((await stat(own)).mode & 0o777).toString(8)).toBe('755');
  });

  it('writes neither queries nor personal data nor keys to its log', async () => {
    running = await startService(dataDir, { LOG_LEVEL: 'debug', NODE_ENV: 'production' });
    await running.call('GET', '/v1/returns?customer=ada%40example.org');
    await running.call('PUT', '/v1/orders/1', { customer: { email: 'ada@example.org' } });
    await running.call('POST', '/v1/api-keys', { role: 'shop', label: 'Ada Example' });
    running.kill('SIGTERM');
    expect(await running.exited).toBe(0);
    expect(running.output()).not.toMatch(/ada|customer=|bh_/i);
  });
});

describe('A service told to stop', () => {
  it('does not wait for connections on which nothing was ever asked', async () => {
    const service = await startApp();
    const { hostname, port } = new URL(service.url);
    const silent = connect(Number(port), hostname).on('error', () => {});
    await new Promise((resolve) => silent.once('connect', resolve));
    // The door has been opened for it when somebody behind it has been served.
    await service.as(null)('GET', '/health/live');
    const before = performance.now();
    await service.close();
    expect(performance.now() - before).toBeLessThan(IDLE_CONNECTIONS_STAY_MS / 4);
    silent.destroy();
  });

  it('finishes what is under way, tells keep-alive clients to go, and takes nothing new', async () => {
    let release = (): void => {};
    let entered = false;
    @Controller('slow')
    class Slow {
      @Get()
      @Public()
      async get(): Promise<object> {
        entered = true;
        await new Promise<void>((resolve) => (release = resolve));
        return { done: true };
      }
    }
    @Module({ controllers: [Slow] })
    class SlowModule {}
    const service = await startApp({ imports: [SlowModule] });
    const idle = request(`${service.url}/health/live`, { agent: false, headers: { connection: 'keep-alive' } }).end();
    await new Promise((resolve) => idle.on('response', (response) => response.resume().on('end', resolve)));

    const slow = service.as(null)('GET', '/slow');
    await waitFor(() => entered);
    let closed = false;
    const closing = service.close().then(() => (closed = true));
    await waitFor(
      () =>
        service
          .as(null)('GET', '/health/live')
          .then(
            () => false,
            () => true,
          ),
      'a closed door',
    );
    expect(closed).toBe(false);
    release();
    expect((await slow).body).toEqual({ done: true });
    const before = performance.now();
    await closing;
    expect(performance.now() - before).toBeLessThan(IDLE_CONNECTIONS_STAY_MS / 4);
  });
});
