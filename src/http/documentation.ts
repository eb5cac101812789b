/** What a route's documentation says beside its fields. */
import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
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

/** The body a route answers with. Errors, headers and credentials are documented for every route by themselves. */
export function Answers(body: Type, { status = 200, description = '', csv = false, many = false }: AnswerOptions = {}): MethodDecorator {
  const one = { $ref: getSchemaPath(body) };
  const json = { 'application/json': { schema: many ? { type: 'array', items: one } : one } };
  return applyDecorators(
    ApiExtraModels(body),
    ApiResponse({ status, description, content: csv ? { ...json, 'text/csv': { schema: { type: 'string' } } } : json }),
  );
}

/** An answer that is no JSON: a file, a stream. */
export function AnswersWith(mediaTypes: readonly string[], options: Pick<AnswerOptions, 'description'> = {}): MethodDecorator {
  const content = Object.fromEntries(mediaTypes.map((type) => [type, { schema: { type: 'string' } }]));
  return applyDecorators(ApiResponse({ status: 200, description: options.description ?? '', content }));
}

/** A refusal that only this route gives. */
export function Refuses(code: ProblemCode): MethodDecorator {
  const { status, title } = PROBLEMS[code];
  return applyDecorators(ApiResponse({ status, description: `\`${code}\` ${title}`, content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemBody) } } } }));
}
