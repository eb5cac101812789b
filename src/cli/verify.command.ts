import { existsSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openStore } from '../app.module.js';
import { StoreUnavailableError, type EventStore } from '../eventing/event-store.js';
import { ReadModels } from '../eventing/read-models.js';
import { DataFolderLockedError, lockDataFolder } from '../eventing/stores/data-folder-lock.js';
import { damagedFiles } from '../finance/data-folder.js';
import type { References } from '../finance/references.js';
import { verificationInWords, verify as verifyEverything, verifyLog, type Difference, type Verification } from '../finance/verify.js';
import { PhotoQueries } from '../photos/photos.queries.js';
import { readConfig, type Config } from '../shared/config.js';
import { ContactsStore } from '../shared/contacts.store.js';
import { startProgress } from './progress.js';
import { withApp } from './service.js';

/** `backhaul verify`: says what differs, a line each, and exits with 1 if anything does. Sends and pays nothing. */
export async function verify(): Promise<void> {
  const config = readConfig(process.env);
  const files = checkFiles(config);
  const found = await checkLog(config);
  const { differences } = found;
  for (const line of verificationInWords({ ...found, differences: [...files, ...differences] })) process.stdout.write(`${line}\n`);
  if (files.length + differences.length > 0) process.exitCode = 1;
}

/** While nobody else uses the folder. @throws DataFolderLockedError */
function checkFiles({ dataDir }: Config): readonly Difference[] {
  if (!existsSync(dataDir)) return [];
  const lock = lockDataFolder(dataDir);
  try {
    return damagedFiles(dataDir);
  } finally {
    lock.release();
  }
}

/** With everything that belongs to the log; where the service cannot be opened on a damaged folder, the log alone. */
async function checkLog(config: Config): Promise<Verification> {
  const progress = steps();
  // Opened here, since a log whose end is damaged must be looked at, too.
  const store = openStore(config, { damaged: true });
  try {
    return await withApp({ role: 'api' }, (app) => verifyEverything(store, app.get(ReadModels), { onProgress: progress.update, references: referencesOf(app) }), { eventStore: store });
  } catch (error) {
    await store.close();
    if (error instanceof StoreUnavailableError || error instanceof DataFolderLockedError) throw error;
    return await checkLogAlone(openStore(config, { damaged: true }), error, progress.update);
  } finally {
    progress.finish();
  }
}

async function checkLogAlone(store: EventStore, reason: unknown, onProgress: (what: string, events: number) => void): Promise<Verification> {
  try {
    const log = await verifyLog(store, { onProgress: (events) => onProgress('log', events) });
    const words = `views, contacts and photos could not be checked, the service does not open on this folder: ${reason instanceof Error ? reason.message : String(reason)}`;
    return { log, views: [], differences: [...log.differences, { streamId: null, returnId: null, words }] };
  } finally {
    await store.close();
  }
}

function referencesOf(app: NestFastifyApplication): References {
  const contacts = app.get(ContactsStore);
  const photos = app.get(PhotoQueries);
  // What is there and cannot be read is as good as gone.
  const readable = (reading: Promise<unknown>): Promise<boolean> => reading.then((found) => found !== undefined, () => false);
  return {
    contact: (ref) => readable(contacts.getContact(ref)),
    text: (ref) => readable(contacts.getText(ref)),
    photo: (ref) => photos.isThere(ref),
  };
}

/** Progress of one step after the other, each measured by the longest before it. */
function steps(): { readonly update: (what: string, events: number) => void; readonly finish: () => void } {
  const shown = new Map<string, ReturnType<typeof startProgress>>();
  let most = 0;
  return {
    update: (what, events) => {
      most = Math.max(most, events);
      const step = shown.get(what) ?? startProgress(what, most);
      shown.set(what, step);
      step.update(events);
    },
    finish: () => {
      for (const step of shown.values()) step.finish();
    },
  };
}
