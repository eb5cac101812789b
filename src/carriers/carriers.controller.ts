/** Return shipping: labels, pickups at the door, and what the carrier reports. */
import { Body, Controller, Get, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import type { Answer } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { Answers, AnswersWith } from '../http/documentation.js';
import { notFound, Problem } from '../http/problem.js';
import { ReturnAnswer, ReturnPath } from '../returns/api/returns.dto.js';
import { ReturnsOverHttp } from '../returns/api/returns.http.js';
import { IssueLabel, RecordTracking, SchedulePickup } from '../returns/parcel.commands.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { Label } from '../returns/rules/returns.state.js';
import {
  CarrierDeclined,
  Carriers,
  CarrierUnavailable,
  type CarrierPort,
  type LabelDocument,
  type LabelFormat,
  type RenderedLabel,
} from './carrier.port.js';
import { LabelBody, LabelFileQuery, LabelPath, PickupBody, TrackingBody } from './carriers.dto.js';

@ApiTags('parcels')
@Controller('v1/returns/:returnId')
export class CarriersController {
  constructor(
    private readonly returns: ReturnsOverHttp,
    private readonly queries: ReturnsQueries,
    private readonly carriers: Carriers,
  ) {}

  @Post('labels')
  @Allow('customer', 'shop', 'warehouse')
  @ApiOperation({
    summary: 'Ask for a label, or another one',
    description: 'It is bought right after; while one is being bought no other is asked for. A drop-off return gets a code instead.',
  })
  @Answers(ReturnAnswer)
  label(@Param() { returnId }: ReturnPath, @Body() body: LabelBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(new IssueLabel(returnId, body, caller), caller);
  }

  @Get('labels/:labelId/file')
  @Allow('customer', 'shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Download a label',
    description: 'A6 as PDF, PNG (203 dpi) or ZPL II. 409 `label_not_ready` with `Retry-After` while it is being bought.',
  })
  @AnswersWith(['application/pdf', 'image/png', 'application/zpl'], { description: 'The label' })
  async file(@Param() { returnId, labelId }: LabelPath, @Query() { format }: LabelFileQuery): Promise<StreamableFile> {
    const folded = await this.queries.ofReturn(returnId);
    const label = folded?.state.returns.find((ret) => ret.returnId === returnId)?.labels.find((each) => each.labelId === labelId);
    if (label === undefined) throw notFound();
    const carrier = this.carriers.find(label.carrier);
    if (carrier === undefined) throw new Problem('invalid_state', 'The carrier of this label is no longer set up.');
    const { bytes, contentType } = await render(carrier, documentOf(returnId, label), format);
    const name = `${labelId.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.${format}`;
    return new StreamableFile(bytes, { type: contentType, disposition: `inline; filename="${name}"` });
  }

  @Post('pickups')
  @Allow('customer', 'shop', 'warehouse')
  @ApiOperation({ summary: 'Have a courier come to the door' })
  @Answers(ReturnAnswer)
  pickup(@Param() { returnId }: ReturnPath, @Body() body: PickupBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(new SchedulePickup(returnId, body, caller), caller);
  }

  @Post('tracking')
  @Allow('shop', 'warehouse')
  @ApiOperation({
    summary: 'Tell what the carrier reports',
    description:
      'Recorded as a fact whatever became of the return, and understood by its own time `at`, in whatever order it comes; the same news of the same moment counts once.',
  })
  @Answers(ReturnAnswer)
  tracking(@Param() { returnId }: ReturnPath, @Body() body: TrackingBody, @Caller() caller: Caller): Promise<Answer> {
    const { at: reportedAt, status, place = null, trackingNumber = null, code = null, expectedAt = null, fault = null } = body;
    const news = { reportedAt, status, trackingNumber, place, code, expectedAt, fault };
    return this.returns.run(new RecordTracking(returnId, news, caller), caller);
  }
}

/** @throws Problem the label is not, no longer, or never will be there */
function documentOf(
  returnId: string,
  { labelId, kind, state, trackingNumber, code, documentRef, issuedAt, problem }: Label,
): LabelDocument {
  if (state === 'requested')
    throw new Problem('label_not_ready', 'The label is being bought; try again in a moment.', { headers: { 'retry-after': '1' } });
  if (state === 'voided') throw new Problem('invalid_state', 'This label is void; no parcel may be sent with it.');
  if (trackingNumber === null || documentRef === null || issuedAt === null) {
    throw new Problem('invalid_state', `This label could not be bought (${problem ?? 'unknown'}); ask for another one.`);
  }
  return { returnId, labelId, kind, trackingNumber, code, documentRef, issuedAt };
}

async function render(carrier: CarrierPort, document: LabelDocument, format: LabelFormat): Promise<RenderedLabel> {
  try {
    return await carrier.render(document, format);
  } catch (error) {
    if (error instanceof CarrierDeclined) throw new Problem('not_acceptable', 'The carrier does not offer this label in that format.');
    if (error instanceof CarrierUnavailable)
      throw new Problem('carrier_unavailable', 'The carrier cannot be reached.', { headers: { 'retry-after': '10' } });
    throw error;
  }
}
