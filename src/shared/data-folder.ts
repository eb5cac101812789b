/** The folder everything is kept in: made for its owner alone, and looked at before anything is opened in it. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { storeFaultOf } from '../eventing/store-faults.js';

/** The data folder cannot be used; says which one, why and what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** Permissions of group and others. */
const OTHERS = 0o077;

/**
 * Whatever this process makes from here on is readable by its owner only: a database, what SQLite puts beside it, an
 * export. To be called first by whatever runs on a data folder.
 */
export function keepToOurselves(): void {
  process.umask(OTHERS);
}

/**
 * Makes the folder (0700) if it is not there, and looks whether it can be worked in.
 * @returns a warning where others than its owner may look into it; such a folder is not changed, for a volume's driver or a
 *   backup may need it so
 * @throws DataFolderError
 */
export function prepareDataFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new DataFolderError(`The data folder ${folder} cannot be used; DATA_DIR names another one. ${reasonIn(error, folder)}`, {
      cause: error,
    });
  }
  const mode = statSync(folder).mode;
  // Windows has other means, and reports what means nothing.
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return undefined;
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return `The data folder ${folder} is open to others than its owner (${octal}): it holds names, addresses and keys. Close it with: chmod -R go= ${quoted(folder)}`;
}

function reasonIn(error: unknown, folder: string): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const who = process.getuid === undefined ? 'whoever runs the service' : `user ${process.getuid()}, who runs the service`;
  if (code === 'EACCES' || code === 'EPERM')
    return `It must belong to ${who}: chown -R ${process.getuid?.() ?? 'USER'} ${quoted(folder)} && chmod -R u+rwX ${quoted(folder)}`;
  if (code === 'EROFS') return 'It is on a disk that is mounted read-only: mount it for writing.';
  if (code === 'ENOENT') return 'The folder above it is on a disk that is mounted read-only, or is not there.';
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'There is a file of that name, or on the way to it.';
  return storeFaultOf(error)?.message ?? `${String(error)}.`;
}

/** For a shell; most paths need nothing. */
const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
