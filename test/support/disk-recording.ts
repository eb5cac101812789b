/**
 * What a process wrote to files and synced, in order, from the output of strace; and what a disk would hold of it after a
 * power cut: of what was not synced each write is there, missing, or there in parts, whatever became of the others.
 */
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

const SECTOR = 512;

type Operation =
  | { readonly kind: 'write'; readonly file: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly length: number }
  /** All that was written to the file before operation `from` is on the disk. */
  | { readonly kind: 'sync'; readonly file: string; readonly from: number }
  /** The process said something. */
  | { readonly kind: 'said'; readonly words: string };

/** How strace is to be called, for what is read here. */
export const STRACE = ['-f', '-y', '-xx', '-s', '1000000', '-e', 'trace=pwrite64,write,fdatasync,fsync,ftruncate'];

const CALL = /^(\d+) +(\w+)\(\d+<([^>]*)>(?:, )?(.*)$/;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>/;
const bytesIn = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');

/** @param output of strace @param folder whose files are meant */
export async function readRecording(output: string, folder: string): Promise<readonly Operation[]> {
  const operations: Operation[] = [];
  const unfinished = new Map<string, Operation>();
  const finish = (pid: string): void => {
    const operation = unfinished.get(pid);
    unfinished.delete(pid);
    if (operation !== undefined) operations.push(operation);
  };
  for await (const line of createInterface({ input: createReadStream(output) })) {
    const resumed = RESUMED.exec(line);
    if (resumed !== null) finish(resumed[1] ?? '');
    const [, pid = '', call = '', hex = '', rest = ''] = CALL.exec(line) ?? [];
    const file = hex.includes('\\x') ? bytesIn(hex).toString() : hex;
    // What is made anew at every start, and the journal of the very first transaction, which is gone before the log is open.
    const isOurs = file.startsWith(`${folder}/`) && !/-(shm|journal)$/.test(file);
    const [data = '', ...numbers] = rest.replace(/"(?:\.\.\.)?/g, '').split(/, |\)/);
    if (call === 'write' && !isOurs && rest.startsWith('"')) operations.push({ kind: 'said', words: bytesIn(data).toString() });
    if (!isOurs) continue;
    const name = basename(file);
    // A write counts from its beginning on, a sync when it has ended.
    if (call === 'pwrite64') operations.push({ kind: 'write', file: name, offset: Number(numbers[1]), bytes: bytesIn(data) });
    else if (call === 'ftruncate') operations.push({ kind: 'truncate', file: name, length: Number(data) });
    else if (call === 'fsync' || call === 'fdatasync') {
      unfinished.set(pid, { kind: 'sync', file: name, from: operations.length });
      if (!line.includes('<unfinished')) finish(pid);
    } else throw new Error(`Not understood: ${line.slice(0, 200)}`);
  }
  return operations;
}

/** Until where in the recording something was said, e.g. that the log is open: what was before counts as on the disk. */
export const saidAt = (operations: readonly Operation[], words: string): number =>
  operations.findIndex((each) => each.kind === 'said' && each.words.includes(words));

/** Everything the process had said before operation `end`. */
export const saidBefore = (operations: readonly Operation[], end: number): string =>
  operations
    .slice(0, end)
    .map((each) => (each.kind === 'said' ? each.words : ''))
    .join('');

/**
 * The files as a power cut before operation `end` leaves them.
 * @param begun what came before this operation is on the disk
 * @param chance numbers from 0 to 1: what becomes of what was not synced
 */
export function afterPowerCut(operations: readonly Operation[], begun: number, end: number, chance: () => number, into: string): void {
  const synced = new Map<string, number>();
  for (const each of operations.slice(0, end))
    if (each.kind === 'sync') synced.set(each.file, Math.max(synced.get(each.file) ?? 0, each.from));
  const files = new Map<string, DiskFile>();
  operations.slice(0, end).forEach((each, index) => {
    if (each.kind !== 'write' && each.kind !== 'truncate') return;
    const file = files.get(each.file) ?? new DiskFile();
    files.set(each.file, file);
    const fate = index < begun || index < (synced.get(each.file) ?? 0) ? 0 : chance();
    if (each.kind === 'truncate') {
      if (fate < 0.5) file.truncate(each.length);
    } else if (fate < 0.4) file.write(each.offset, each.bytes);
    else if (fate < 0.7) tear(file, each.offset, each.bytes, chance);
  });
  mkdirSync(into, { recursive: true });
  for (const [name, file] of files) writeFileSync(join(into, name), file.content);
}

class DiskFile {
  #bytes = Buffer.alloc(1 << 20);
  #length = 0;

  get content(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  write(offset: number, bytes: Buffer): void {
    const end = offset + bytes.length;
    while (end > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    bytes.copy(this.#bytes, offset);
    this.#length = Math.max(this.#length, end);
  }

  truncate(length: number): void {
    this.#bytes.fill(0, length);
    this.#length = length;
  }
}

/** Some of its sectors. */
function tear(file: DiskFile, offset: number, bytes: Buffer, chance: () => number): void {
  for (let at = 0; at < bytes.length; at += SECTOR) if (chance() < 0.5) file.write(offset + at, bytes.subarray(at, at + SECTOR));
}
