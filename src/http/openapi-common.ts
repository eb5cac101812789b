/** What holds for every route and is therefore written into the description once, not at each controller. */
import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { ProblemBody, PROBLEMS, type ProblemCode } from './problem.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

const header = (name: string, description: string, schema: Record<string, unknown>): Parameter => ({
  in: 'header',
  name,
  required: false,
  description,
  schema,
});

const IDEMPOTENCY_KEY = header('Idempotency-Key', 'The request sent again with the same key is done once and gets its first answer again', {
  type: 'string',
  minLength: 1,
  maxLength: 255,
});
const IF_MATCH = header('If-Match', 'The `ETag` last seen: refused with 412 when something has changed since', {
  type: 'string',
  example: '"3"',
});
const MIN_POSITION = header('X-Min-Position', '`X-Position` of a write that the answer must contain; waits up to 2 seconds, then 503', {
  type: 'string',
  maxLength: 100,
});
const CSRF_TOKEN = header('X-CSRF-Token', 'With a session cookie instead of `Authorization`: the session’s `csrfToken`', {
  type: 'string',
  maxLength: 100,
});

const WRITE_HEADERS = {
  ETag: { description: 'Revision of the stream', schema: { type: 'string' as const } },
  'X-Position': { description: 'Position of the write in the log, for `X-Min-Position`', schema: { type: 'string' as const } },
  'Idempotency-Replayed': {
    description: '`true`: it had been done before, this is the first answer again',
    schema: { type: 'string' as const, enum: ['true'] },
  },
};

/** Codes that a request of this kind can meet anywhere; rules add their own under the same statuses. */
function problemCodesOf(operation: Operation, method: string, path: string): readonly ProblemCode[] {
  const writes = method !== 'get';
  return [
    'validation_failed',
    'not_found',
    'store_unavailable',
    'internal_error',
    ...(operation.security === undefined
      ? []
      : (['unauthenticated', 'forbidden', ...(writes ? (['csrf_token_missing'] as const) : [])] as const)),
    ...(writes || path.includes('{') ? (['invalid_state'] as const) : []),
    ...(writes
      ? (['revision_mismatch', 'payload_too_large', 'unsupported_media_type', 'idempotency_conflict'] as const)
      : (['not_acceptable', 'view_behind'] as const)),
  ];
}

/** The document with common answers, headers and the problem schema. Changes and returns it. */
export function complete(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) completeOperation(operation, method, path);
    }
  }
  return document;
}

function completeOperation(operation: Operation, method: string, path: string): void {
  const parameters = (operation.parameters ??= []);
  for (const parameter of parameters) describePathParameter(parameter);
  if (method !== 'get' && (operation.security !== undefined || path === '/v1/session')) parameters.push(CSRF_TOKEN);
  if (method === 'post' || method === 'put') parameters.push(IDEMPOTENCY_KEY, IF_MATCH);
  if (method === 'get' && path.startsWith('/v1/')) parameters.push(MIN_POSITION);
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (method !== 'get' && status.startsWith('2') && answer !== undefined && !('$ref' in answer))
      answer.headers = { ...WRITE_HEADERS, ...answer.headers };
  }
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemCodesOf(operation, method, path))
    byStatus.set(PROBLEMS[code].status, [...(byStatus.get(PROBLEMS[code].status) ?? []), code]);
  for (const [status, codes] of byStatus) operation.responses[String(status)] ??= problem(codes);
}

/** The guard checks every id in a path by the same rule. */
function describePathParameter(parameter: Parameter): void {
  if ('in' in parameter && parameter.in === 'path')
    parameter.schema = { type: 'string', minLength: 1, maxLength: 300, pattern: '^[A-Za-z0-9#_][A-Za-z0-9._:/#@+~-]*$' };
}

const problem = (codes: readonly ProblemCode[]) => ({
  description: codes.map((code) => `\`${code}\` ${PROBLEMS[code].title}`).join(' · '),
  content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemBody) } } },
});
