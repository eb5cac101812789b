/** API keys: made, listed and revoked by admins. */
import { Body, Controller, Delete, Get, Param, Post, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { hashCommand } from '../eventing/command-identity.js';
import { Answer } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { AsCsv, csvAnswer } from '../http/csv.js';
import { fieldNames } from '../http/declared.js';
import { Answers } from '../http/documentation.js';
import { Id, ListOf, OneOf, Text, When } from '../http/fields.js';
import { notFound, Problem } from '../http/problem.js';
import { Allow } from './access.js';
import { ApiKeys, KEY_ROLES, KeyRequestConflictError, type ApiKey, type KeyRole } from './api-keys.js';

export class NewApiKey {
  @OneOf(KEY_ROLES, { description: 'What the key may do' })
  readonly role!: KeyRole;
  @Text({ max: 100, description: 'Where it is used, so that the right one is revoked later', example: 'shop front end' })
  readonly label!: string;
}

export class ApiKeyBody {
  @Id()
  readonly keyId!: string;
  @OneOf(KEY_ROLES)
  readonly role!: KeyRole;
  @Text({ max: 100 })
  readonly label!: string;
  @When()
  readonly createdAt!: string;
  @When({ nullable: true, description: 'To the minute' })
  readonly lastUsedAt!: string | null;
  @When({ nullable: true })
  readonly revokedAt!: string | null;
}

export class CreatedApiKeyBody extends ApiKeyBody {
  @Text({ nullable: true, description: 'The key itself, shown this once; null when the request was repeated' })
  readonly key!: string | null;
}

export class ApiKeyList {
  @ListOf(() => ApiKeyBody)
  readonly items!: readonly ApiKey[];
}

@ApiTags('Access')
@Allow('admin')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Get()
  @ApiOperation({ summary: 'All API keys, newest first, revoked ones too (JSON or CSV)' })
  @Answers(ApiKeyList, { csv: true })
  list(@AsCsv() asCsv: boolean): ApiKeyList | StreamableFile {
    const items = this.keys.list();
    return asCsv ? csvAnswer(fieldNames(ApiKeyBody), items, 'api-keys') : { items };
  }

  @Post()
  @ApiOperation({ summary: 'A new API key' })
  @Answers(CreatedApiKeyBody, { status: 201 })
  create(@Body() { role, label }: NewApiKey, @Caller() caller: Caller): Answer {
    const { commandId } = caller.context('api-keys');
    try {
      const { key, secret } = this.keys.create(role, label, { by: caller.principal.id, commandId, hash: hashCommand({ role, label }) });
      return new Answer({ revision: null, position: null, replayed: secret === null }, { ...key, key: secret });
    } catch (error) {
      throw error instanceof KeyRequestConflictError
        ? new Problem('idempotency_conflict', 'This key asked for another API key before.')
        : error;
    }
  }

  @Delete(':keyId')
  @ApiOperation({ summary: 'Revoke an API key, at once' })
  @Answers(ApiKeyBody)
  revoke(@Param('keyId') keyId: string): ApiKey {
    const revoked = this.keys.revoke(keyId);
    if (revoked === undefined) throw notFound();
    return revoked;
  }
}
