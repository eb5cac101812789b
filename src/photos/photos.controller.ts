/** Photos: uploaded to an order, named in a return, looked at by links that end soon. */
import { Controller, Get, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, Public } from '../access/access.js';
import { SignedLinks } from '../access/signed-links.js';
import { Answer } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { Answers, AnswersWith } from '../http/documentation.js';
import { notFound } from '../http/problem.js';
import { OrderPath, ReturnPath } from '../returns/api/returns.dto.js';
import { PHOTO_FIELD, photoBytes } from './photo-upload.js';
import { PhotoCommands } from './photos.commands.js';
import { PhotoAnswer, PhotoLinkAnswer, PhotoPath } from './photos.dto.js';
import { PhotoQueries } from './photos.queries.js';
import { PhotosStore } from './photos.store.js';

/** The only address that takes forms. */
export const UPLOAD_ROUTE = '/v1/orders/:orderId/photos';

/** A photo is an image and nothing else, whatever a browser makes of it. */
const HARMLESS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'referrer-policy': 'no-referrer',
};

@ApiTags('photos')
@Controller('v1')
export class PhotosController {
  constructor(
    private readonly commands: PhotoCommands,
    private readonly queries: PhotoQueries,
    private readonly store: PhotosStore,
    private readonly links: SignedLinks,
  ) {}

  @Post('orders/:orderId/photos')
  @Allow('customer', 'shop', 'warehouse')
  @ApiOperation({
    summary: 'Upload a photo',
    description:
      'JPEG, PNG or WebP, recognised by content, up to 10 MiB and 50 megapixels. It is kept as an upright JPEG of at most 4000 pixels a side, without place, time, device or any other metadata. An order may have 50.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: [PHOTO_FIELD],
      properties: { [PHOTO_FIELD]: { type: 'string', format: 'binary' } },
      additionalProperties: false,
    },
  })
  @Answers(PhotoAnswer, { status: 201 })
  async upload(@Param() { orderId }: OrderPath, @Req() request: FastifyRequest, @Caller() caller: Caller): Promise<Answer> {
    const { commandId } = caller.context(`photos ${orderId}`);
    const { photoRef, replayed } = await this.commands.take(orderId, photoBytes(request), commandId);
    return new Answer({ revision: null, position: null, replayed }, { photoRef });
  }

  @Get('returns/:returnId/photos')
  @Allow('customer', 'shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Links to the photos of a return',
    description: 'What the customer and the warehouse have named, in that order. Ask again when they are over.',
  })
  @Answers(PhotoLinkAnswer, { many: true })
  async ofReturn(@Param() { returnId }: ReturnPath): Promise<readonly PhotoLinkAnswer[]> {
    const refs = await this.queries.ofReturn(returnId);
    return refs.map((photoRef) => ({ photoRef, ...this.links.sign(pathOf(photoRef)) }));
  }

  @Get('photos/:photoRef')
  @Public()
  @ApiOperation({
    summary: 'A photo, by a link',
    description:
      'Links come from `GET /v1/returns/{returnId}/photos`. One that is forged or over gets the same answer as a photo that is not there.',
  })
  @ApiQuery({ name: 'expires', required: false, schema: { type: 'string' } })
  @ApiQuery({ name: 'signature', required: false, schema: { type: 'string' } })
  @AnswersWith(['image/jpeg'], { description: 'The photo' })
  async get(
    @Param() { photoRef }: PhotoPath,
    @Query() { expires, signature }: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const seconds = this.links.secondsLeft(pathOf(photoRef), expires, signature);
    const file = seconds === undefined ? undefined : await this.store.open(photoRef);
    if (file === undefined) throw notFound();
    const { size } = await file.stat();
    void reply.headers({ ...HARMLESS, 'cache-control': `private, max-age=${seconds}` });
    return new StreamableFile(file.createReadStream(), { type: 'image/jpeg', disposition: 'inline', length: size });
  }
}

const pathOf = (photoRef: string): string => `/v1/photos/${photoRef}`;
