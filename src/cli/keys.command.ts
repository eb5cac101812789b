import { AccessStore } from '../access/access.store.js';
import { ApiKeys, type KeyRole } from '../access/api-keys.js';
import { systemClock } from '../shared/clock.js';
import { readConfig } from '../shared/config.js';

/** Works beside a running service: keys are in a file of their own, and the service notices changes by itself. */
async function withKeys(work: (keys: ApiKeys) => void): Promise<void> {
  const store = new AccessStore(readConfig(process.env).dataDir);
  const keys = new ApiKeys(store, systemClock, null);
  try {
    work(keys);
  } finally {
    keys.close();
    store.close();
  }
}

/** `backhaul keys list` */
export async function listKeys(): Promise<void> {
  await withKeys((keys) => {
    for (const { keyId, role, label, createdAt, revokedAt } of keys.list()) {
      process.stdout.write(`${keyId}  ${role.padEnd(9)}  ${createdAt}  ${revokedAt === null ? 'active ' : 'revoked'}  ${label}\n`);
    }
  });
}

/** `backhaul keys create`: the key alone on standard output, so that scripts can take it. */
export async function createKey({ role, label }: { readonly role: KeyRole; readonly label: string }): Promise<void> {
  await withKeys((keys) => {
    const { key, secret } = keys.create(role, label, { by: 'cli' });
    process.stderr.write(`${key.keyId} (${role}), shown this once:\n`);
    process.stdout.write(`${secret ?? ''}\n`);
  });
}

/** `backhaul keys revoke ID` */
export async function revokeKey(keyId: string): Promise<void> {
  await withKeys((keys) => {
    if (keys.revoke(keyId) === undefined) throw new Error(`There is no key ${keyId}; see \`keys list\`.`);
    process.stdout.write(`${keyId} is revoked.\n`);
  });
}
