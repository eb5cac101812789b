import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiDescription } from '../http/openapi.js';
import { withApp } from './service.js';

/** `backhaul openapi`: prints the description that a running service gives at `/openapi.json`, for generating clients. */
export async function printOpenApi(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-openapi-'));
  try {
    const description = await withApp({ dataDir, eventStoreUrl: null, role: 'all' }, async (app) => app.get(ApiDescription).document());
    process.stdout.write(`${JSON.stringify(description)}\n`);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
