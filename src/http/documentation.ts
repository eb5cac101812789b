/** What a route's documentation says beside its fields. */
import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { LANGUAGES } from '../shared/language.js';
import { ProblemBody, PROBLEMS, type ProblemCode } from './problem.js';

type AnswerOptions = {
  /** 200 unless said otherwise. */
  readonly status?: 200 | 201 | 202;
  readonly description?: string;
  /** Also answered as CSV for `Accept: text/csv`. */
  readonly csv?: boolean;
  /** A list of such bodies. */
  readonly many?: boolean;
};

const worded = new WeakSet<object>();

/** The body has words for customers, in the language they ask for (`Accept-Language`). */
export function Worded(): ClassDecorator {
  return (body) => {
    worded.add(body);
  };
}

const ACCEPT_LANGUAGE = ApiHeader({
  name: 'Accept-Language',
  required: false,
  description: `Language of the words for customers: ${LANGUAGES.join(' or ')}; without it English`,
  schema: { type: 'string', example: 'de' },
});
const CONTENT_LANGUAGE = {
  'Content-Language': { description: 'Language of the words for customers', schema: { type: 'string' as const, enum: [...LANGUAGES] } },
};

/** The status and the body a route answers with. Errors, headers and credentials are documented for every route by themselves. */
export function Answers(body: Type, { status = 200, description = '', csv = false, many = false }: AnswerOptions = {}): MethodDecorator {
  const one = { $ref: getSchemaPath(body) };
  const json = { 'application/json': { schema: many ? { type: 'array', items: one } : one } };
  return applyDecorators(
    HttpCode(status),
    ApiExtraModels(body),
    ...(worded.has(body) ? [ACCEPT_LANGUAGE] : []),
    ApiResponse({
      status,
      description,
      headers: worded.has(body) ? CONTENT_LANGUAGE : {},
      content: csv ? { ...json, 'text/csv': { schema: { type: 'string' } } } : json,
    }),
  );
}

/** An answer that is no JSON: a file, a stream. */
export function AnswersWith(mediaTypes: readonly string[], options: Pick<AnswerOptions, 'description'> = {}): MethodDecorator {
  const content = Object.fromEntries(mediaTypes.map((type) => [type, { schema: { type: 'string' } }]));
  return applyDecorators(HttpCode(200), ApiResponse({ status: 200, description: options.description ?? '', content }));
}

/** A refusal that only this route gives. */
export function Refuses(code: ProblemCode): MethodDecorator {
  const { status, title } = PROBLEMS[code];
  return applyDecorators(
    ApiResponse({
      status,
      description: `\`${code}\` ${title}`,
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemBody) } } },
    }),
  );
}
