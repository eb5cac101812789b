import { existsSync } from 'node:fs';
import { openStore } from '../app.module.js';
import { ContactsStore } from '../contacts/contacts.store.js';
import { StoreUnavailableError, type EventStore } from '../eventing/event-store.js';
import { DataFolderLockedError, lockDataFolder } from '../eventing/stores/data-folder-lock.js';
import { Views } from '../eventing/views.js';
import { damagedFiles } from '../finance/data-folder.js';
import { referencesIn } from '../finance/references.js';
import type { VerificationLine } from '../finance/verification.controller.js';
import {
  verificationInWords,
  verify as verifyEverything,
  verifyLog,
  type Difference,
  type LogVerification,
  type Verification,
} from '../finance/verify.js';
import { PhotoQueries } from '../photos/photos.queries.js';
import { readConfig, type Config } from '../shared/config.js';
import type { ApiClient } from './api-client.js';
import { startProgress } from './progress.js';
import { runningService, withApp, type ServiceOptions } from './service.js';

type OnProgress = (what: string, events: number) => void;

/** `backhaul verify`: says what differs, a line each, and exits with 1 if anything does. Sends and pays nothing. */
export async function verify(options: ServiceOptions): Promise<void> {
  const service = runningService(options);
  const progress = steps();
  const found = await (service === undefined ? verifyFolder(progress.update) : verifyRunning(service, progress.update)).finally(
    progress.finish,
  );
  for (const line of verificationInWords(found)) process.stdout.write(`${line}\n`);
  if (found.differences.length > 0) process.exitCode = 1;
}

async function verifyFolder(onProgress: OnProgress): Promise<Verification> {
  const config = readConfig(process.env);
  const files = checkFiles(config);
  try {
    const found = await checkLog(config, files.length > 0, onProgress);
    return { ...found, differences: [...files, ...found.differences] };
  } catch (error) {
    // What is damaged has been found; that nothing can be read of it is no news.
    if (files.length === 0) throw error;
    return { log: NOTHING_READ, views: [], differences: files };
  }
}

const NOTHING_READ: LogVerification = {
  events: 0,
  streams: 0,
  orders: 0,
  returns: 0,
  refunds: 0,
  entitledMinor: {},
  upTo: 'start',
  withoutDigest: 0,
  lastDigest: null,
  differences: [],
};

/** @throws Error when the service could not verify, or broke off */
async function verifyRunning(service: ApiClient, onProgress: OnProgress): Promise<Verification> {
  for await (const line of service.lines<VerificationLine>('POST', '/v1/verifications')) {
    if ('result' in line) return line.result;
    if ('failed' in line) throw new Error(line.failed);
    onProgress(line.progress.what, line.progress.events);
  }
  throw new Error('The service ended before it had a result; try again.');
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
async function checkLog(config: Config, isDamaged: boolean, onProgress: OnProgress): Promise<Verification> {
  // Opened here, since a log whose end is damaged must be looked at, too.
  const store = openStore(config, { damaged: true });
  try {
    return await withApp(
      { role: 'api' },
      (app) =>
        verifyEverything(store, app.get(Views), {
          onProgress,
          references: referencesIn(app.get(ContactsStore), app.get(PhotoQueries)),
        }),
      { eventStore: store },
    );
  } catch (error) {
    await store.close();
    if (error instanceof DataFolderLockedError || (!isDamaged && error instanceof StoreUnavailableError)) throw error;
    return await checkLogAlone(openStore(config, { damaged: true }), error, onProgress);
  }
}

async function checkLogAlone(store: EventStore, reason: unknown, onProgress: OnProgress): Promise<Verification> {
  try {
    const log = await verifyLog(store, { onProgress: (events) => onProgress('log', events) });
    const words = `views, contacts and photos could not be checked, the service does not open on this folder: ${reason instanceof Error ? reason.message : String(reason)}`;
    return { log, views: [], differences: [...log.differences, { streamId: null, returnId: null, words }] };
  } finally {
    await store.close();
  }
}

/** Progress of one step after the other, each measured by the longest before it. */
function steps(): { readonly update: OnProgress; readonly finish: () => void } {
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
