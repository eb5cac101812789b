/**
 * Faults of disk and files: full, locked, unreadable, damaged, read-only. Whatever meets one says the same: nothing was
 * written (`StoreUnavailableError`), or it may have been (`UnknownOutcomeError`). Anything else is a fault of ours.
 */
import { StoreUnavailableError, UnknownOutcomeError } from './event-store.js';

/** Another connection holds the lock (sqlite.org/rescode.html, as the other codes). */
export const SQLITE_BUSY = 5;
/** The file is damaged. */
export const SQLITE_CORRUPT = 11;
/** The file is not an SQLite database. */
export const SQLITE_NOTADB = 26;

type Fault = {
  readonly words: string;
  /** Met while a commit was under way, it may still be on the disk. */
  readonly isOpenAtCommit: boolean;
};

const LOCKED: Fault = { words: 'is locked by another program. Close whatever else has it open', isOpenAtCommit: false };
const DAMAGED: Fault = { words: 'is damaged or no file of this service', isOpenAtCommit: true };
const FULL: Fault = { words: 'cannot be written: the disk (or a quota) is full. Make room', isOpenAtCommit: true };
const UNREADABLE: Fault = {
  words: 'cannot be opened. Its owner must be whoever runs the service, and may read and write it (chmod u+rwX)',
  isOpenAtCommit: false,
};
const READ_ONLY: Fault = {
  words:
    'cannot be written. Its owner must be whoever runs the service, and may write it (chmod u+rwX); the disk must not be mounted read-only',
  isOpenAtCommit: false,
};
const DISK_ERROR: Fault = { words: 'cannot be read or written: the disk reports an error', isOpenAtCommit: true };
const NO_MEMORY: Fault = { words: 'cannot be used: there is no memory left', isOpenAtCommit: true };

/** By SQLite's primary result code. */
const BY_RESULT: ReadonlyMap<number, Fault> = new Map([
  [3, UNREADABLE], // PERM
  [SQLITE_BUSY, LOCKED],
  [6, LOCKED],
  [7, NO_MEMORY],
  [8, READ_ONLY],
  [10, DISK_ERROR], // IOERR
  [SQLITE_CORRUPT, DAMAGED],
  [13, FULL],
  [14, UNREADABLE], // CANTOPEN
  [15, LOCKED], // PROTOCOL: a race for the lock
  [22, DISK_ERROR], // NOLFS: the file cannot grow that large here
  [23, UNREADABLE], // AUTH
  [SQLITE_NOTADB, DAMAGED],
]);

/** By the operating system's name for it, where Node works on files itself. */
const BY_ERRNO: ReadonlyMap<unknown, Fault> = new Map([
  ['ENOSPC', FULL],
  ['EDQUOT', FULL],
  ['EFBIG', FULL],
  ['EACCES', UNREADABLE],
  ['EPERM', READ_ONLY],
  ['EROFS', READ_ONLY],
  ['EIO', DISK_ERROR],
  ['ENODEV', DISK_ERROR],
  ['ENXIO', DISK_ERROR],
  ['ESTALE', DISK_ERROR],
  ['EBUSY', LOCKED],
  ['ENOMEM', NO_MEMORY],
  ['EMFILE', { words: 'cannot be opened: too many files are open', isOpenAtCommit: false }],
  ['ENFILE', { words: 'cannot be opened: too many files are open', isOpenAtCommit: false }],
  ['ENOTDIR', UNREADABLE],
]);

/** What is known of whatever was thrown: by its members, for an error of Node's own need not be an instance of this realm's `Error`. */
type Thrown = {
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errcode?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly path?: unknown;
  readonly address?: unknown;
};
const isThrown = (error: unknown): error is Thrown => typeof error === 'object' && error !== null;

/** The primary result code of an error thrown by the SQLite driver, also below others; undefined for errors that came from elsewhere. */
export function sqliteErrorCode(error: unknown): number | undefined {
  if (!isThrown(error)) return undefined;
  // Extended codes carry the primary one in their lowest byte.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : sqliteErrorCode(error.cause);
}

type Found = { readonly fault: Fault; readonly path: string };
type At = { readonly file?: string; readonly committing?: boolean; readonly advice?: string };

/** A call into the file system, as Node tells of it; sockets fail with the same codes. */
function inFileSystem({ code, syscall, path, address }: Thrown): Found | undefined {
  const fault = syscall === undefined || address !== undefined ? undefined : BY_ERRNO.get(code);
  return fault && { fault, path: typeof path === 'string' ? path : 'A file of the service' };
}

/**
 * What an error is, if disk or files are behind it: the one classification for every store.
 * @param at `file`: which one, where the error does not say; `committing`: whether a commit was under way; `advice`: what else to do when it is damaged
 * @returns undefined for any other error
 */
export function storeFaultOf(error: unknown, at: At = {}): StoreUnavailableError | UnknownOutcomeError | undefined {
  if (error instanceof StoreUnavailableError || error instanceof UnknownOutcomeError) return error;
  if (!isThrown(error)) return undefined;
  const found = typeof error.errcode === 'number' ? inSqlite(error.errcode & 0xff, at.file) : inFileSystem(error);
  if (found === undefined) return storeFaultOf(error.cause, at);
  const { fault, path } = found;
  const advice = fault === DAMAGED ? ` ${at.advice ?? 'Restore it from a backup'}.` : '';
  const message = `${path} ${fault.words}.${advice} (${String(error.message)})`;
  return at.committing === true && fault.isOpenAtCommit
    ? new UnknownOutcomeError(message, { cause: error })
    : new StoreUnavailableError(message, { cause: error });
}

function inSqlite(code: number, file: string | undefined): Found | undefined {
  const fault = BY_RESULT.get(code);
  return fault && { fault, path: file ?? 'A file of the service' };
}
