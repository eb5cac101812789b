/** The bytes of an upload as lines of text, whatever program wrote them. Reads a stream; holds one piece of it. */
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import iconv from 'iconv-lite';

/** The upload cannot be read from here on; nothing of it was imported. */
export class UnreadableUploadError extends Error {
  override readonly name = 'UnreadableUploadError';
}
export class UploadTooLargeError extends Error {
  override readonly name = 'UploadTooLargeError';
}
/** The line after the last one is not UTF-8; its number is for the reader to say. */
export class UnreadableTextError extends Error {
  override readonly name = 'UnreadableTextError';
  constructor() {
    super(
      'is not UTF-8. Save the file as UTF-8 (Excel: "CSV UTF-8"), or say what it is in: "Content-Type: text/csv; charset=windows-1252", on the command line --charset windows-1252',
    );
  }
}

const MOST_BYTES = 2 * 1024 ** 3;
export const MOST_CHARACTERS_A_RECORD = 1024 ** 2;

/** Byte order marks (Unicode, 23.8). Excel writes the second when it saves "Unicode text". */
const MARKS: readonly (readonly [charset: string, mark: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Is there such a character set (`windows-1252`, `iso-8859-15`, `macintosh`, `shift_jis`, …)? */
export const isCharset = (name: string): boolean => iconv.encodingExists(name);

/**
 * Lines without their ends (CRLF, LF, or CR alone as old Macs write it), as soon as each is whole.
 * @param charset said by the sender; a byte order mark counts more, and without either the text is UTF-8
 * @throws UnreadableTextError after the last good line, UnreadableUploadError, UploadTooLargeError
 */
export async function* linesOf(upload: Readable, charset: string | undefined): AsyncGenerator<string> {
  let rest = '';
  for await (const text of textOf(upload, charset)) {
    const all = rest + text;
    // A CR at the very end may be the first half of a CRLF.
    const end = all.endsWith('\r') ? all.length - 1 : all.length;
    const lines = all.slice(0, end).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + all.slice(end);
    if (rest.length > MOST_CHARACTERS_A_RECORD)
      throw new UnreadableUploadError(`A line is longer than ${MOST_CHARACTERS_A_RECORD} characters`);
    yield* lines;
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}

async function* textOf(upload: Readable, charset: string | undefined): AsyncGenerator<string> {
  let decoder: Decoder | undefined;
  let start = Buffer.alloc(0);
  let bytes = 0;
  // A refusal must still reach whoever is sending, so the stream stays as it is when reading ends early.
  for await (const chunk of upload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer | string>) {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new UploadTooLargeError(`An upload may have ${MOST_BYTES} bytes; split the file`);
    if (decoder !== undefined) yield* decoder.write(piece);
    else if ((start = Buffer.concat([start, piece])).length >= LONGEST_START) yield* (decoder = decoderOf(start, charset)).write(start);
  }
  if (decoder === undefined) yield* (decoder = decoderOf(start, charset)).write(start);
  yield* decoder.end();
}

type Decoder = { readonly write: (bytes: Buffer) => Iterable<string>; readonly end: () => Iterable<string> };
const LONGEST_START = 4;

function decoderOf(start: Buffer, charset: string | undefined): Decoder {
  const marked = MARKS.find(([, mark]) => mark.every((byte, index) => start[index] === byte))?.[0];
  const name = (marked ?? charset ?? 'utf-8').toLowerCase();
  if (marked === undefined && charset === undefined && start.subarray(0, LONGEST_START).includes(0)) {
    throw new UnreadableUploadError('The upload looks like UTF-16 without a byte order mark. Save it as UTF-8, or say charset=utf-16le');
  }
  if (/^utf-?8$/.test(name)) return new Utf8();
  const decoder = iconv.getDecoder(name);
  return { write: (bytes) => [decoder.write(bytes)], end: () => [decoder.end() ?? ''] };
}

/** Whole lines at a time, so that a bad byte is known by its line; a line break is never part of a longer sequence. */
class Utf8 implements Decoder {
  #rest = Buffer.alloc(0);
  #isStart = true;

  *write(bytes: Buffer): Generator<string> {
    const all = Buffer.concat([this.#rest, bytes]);
    const end = Math.max(all.lastIndexOf(0x0a), all.lastIndexOf(0x0d)) + 1;
    this.#rest = all.subarray(end);
    if (this.#rest.length > MOST_CHARACTERS_A_RECORD * 4)
      throw new UnreadableUploadError(`A line is longer than ${MOST_CHARACTERS_A_RECORD} characters`);
    yield* this.#text(all.subarray(0, end));
  }

  *end(): Generator<string> {
    yield* this.#text(this.#rest);
  }

  *#text(bytes: Buffer): Generator<string> {
    const text = isUtf8(bytes) ? bytes.toString('utf8') : undefined;
    if (text !== undefined) yield this.#isStart ? text.replace(/^\uFEFF/, '') : text;
    else {
      yield goodLines(bytes);
      throw new UnreadableTextError();
    }
    this.#isStart &&= bytes.length === 0;
  }
}

function goodLines(bytes: Buffer): string {
  let good = 0;
  for (let end = bytes.indexOf(0x0a) + 1; end > 0 && isUtf8(bytes.subarray(good, end)); end = bytes.indexOf(0x0a, end) + 1) good = end;
  return bytes.subarray(0, good).toString('utf8');
}
