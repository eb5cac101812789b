/** The photo of a multipart/form-data request, as a stream of bytes; nothing is held but what is passing. */
import type {} from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { fieldRefused, Problem } from '../http/problem.js';

const MOST_BYTES = 10 * 1024 * 1024;
/** Boundaries and headers around the photo. */
const MOST_AROUND = 64 * 1024;
export const PHOTO_FIELD = 'photo';

const LIMITS = { fileSize: MOST_BYTES, files: 1, fields: 0, parts: 1, headerPairs: 20, fieldNameSize: 100 };

/**
 * The bytes of the form's one file. Whoever reads it sees every fault of the upload as a Problem, also when it ends or
 * breaks off in the middle, so nothing may be kept before the last byte was read.
 */
export async function* photoBytes(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  if (!request.isMultipart()) throw new Problem('unsupported_media_type', 'Send multipart/form-data.');
  if (Number(request.headers['content-length']) > MOST_BYTES + MOST_AROUND) throw tooLarge();
  let found = false;
  try {
    for await (const part of request.parts({ limits: LIMITS })) {
      if (part.type !== 'file' || part.fieldname !== PHOTO_FIELD) throw onePhoto();
      found = true;
      for await (const chunk of part.file as AsyncIterable<Uint8Array>) yield chunk;
      if (part.file.truncated) throw tooLarge();
    }
  } catch (error) {
    throw refusalOf(error);
  } finally {
    // What was not read is let through unseen, or the client would never come to read the answer.
    request.raw.unpipe();
    request.raw.resume();
  }
  if (!found) throw onePhoto();
}

const tooLarge = (): Problem => new Problem('payload_too_large', `A photo may have ${MOST_BYTES} bytes.`);
const onePhoto = (): Problem =>
  fieldRefused(
    'body',
    `/${PHOTO_FIELD}`,
    'must be one file',
    `The form must have one file, in the field "${PHOTO_FIELD}", and nothing else.`,
  );

/** Only reading the request can fail here, so whatever failed was the request. */
function refusalOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'FST_REQ_FILE_TOO_LARGE') return tooLarge();
  if (code === 'FST_PARTS_LIMIT' || code === 'FST_FILES_LIMIT' || code === 'FST_FIELDS_LIMIT') return onePhoto();
  return new Problem('validation_failed', 'The form cannot be read, or broke off.');
}
