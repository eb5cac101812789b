/** Looks at the SQLite files of a data folder as SQLite itself sees them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOfFile } from '../eventing/sql/file-check.js';
import type { Difference } from './verify.js';

/** Holds nothing; whoever uses the folder keeps it locked. */
const LOCK_FILE = 'lock.sqlite';
/** Made from the log. */
const VIEWS_FILE = 'views.sqlite';

/** Every file of the folder that SQLite finds damaged, and what to do about it. Reads them whole and changes nothing. */
export function damagedFiles(dataDir: string): readonly Difference[] {
  return ['.', 'photos'].flatMap((folder) => {
    if (!existsSync(join(dataDir, folder))) return [];
    const names = readdirSync(join(dataDir, folder)).filter((name) => name.endsWith('.sqlite') && name !== LOCK_FILE);
    return names
      .sort()
      .map((name) => join(folder, name))
      .flatMap((name) => faultsOfFile(join(dataDir, name)).map((fault) => fileDifference(name, fault)));
  });
}

function fileDifference(name: string, fault: string): Difference {
  const remedy = name === VIEWS_FILE ? 'delete it with the service stopped, it is built again from the log' : 'restore it from a backup';
  return { streamId: null, returnId: null, words: `file ${name} is damaged (${fault}): ${remedy}` };
}
