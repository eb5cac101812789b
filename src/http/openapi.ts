/** The API's description, OpenAPI 3.1, made from the controllers and their fields. */
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { complete } from './openapi-common.js';
import { ProblemBody, PROBLEMS } from './problem.js';

const ABOUT = `Returns and reverse logistics, from "I want to send this back" until the item is on a shelf and the money with the customer.

Errors are \`application/problem+json\` with a stable \`code\`. Amounts are whole numbers in minor units of the currency; times are ISO 8601 in UTC.
Every POST that changes something takes an \`Idempotency-Key\`: sent again with the same key, it is done once and gets its first answer again.

## Problem codes
| code | status | meaning |
| --- | --- | --- |
${Object.entries(PROBLEMS)
  .map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`)
  .join('\n')}`;

/** The description, made when first asked for: only then are all controllers known. */
export class ApiDescription {
  #app: INestApplication | undefined;
  #document: OpenAPIObject | undefined;

  /** Told by the composition root once the application exists. */
  of(app: INestApplication): void {
    this.#app = app;
  }

  document(): OpenAPIObject {
    if (this.#app === undefined) throw new Error('The API is described after the application is made');
    return (this.#document ??= describe(this.#app));
  }
}

function describe(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Backhaul')
    .setVersion('1')
    .setDescription(ABOUT)
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        description: 'An API key (`bh_…`), a customer session, or a JWT of the configured identity provider',
      },
      'bearer',
    )
    .build();
  return complete(SwaggerModule.createDocument(app, config, { extraModels: [ProblemBody] }));
}
