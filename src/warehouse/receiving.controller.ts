/** What clerks do with a return's goods: receive, correct, report what is wrong, grade, put away. */
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { answered, type Answer } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { Answers } from '../http/documentation.js';
import { PhotoQueries } from '../photos/photos.queries.js';
import { ReturnAnswer, ReturnPath } from '../returns/api/returns.dto.js';
import { orderOf, reportedTime, ReturnsOverHttp } from '../returns/api/returns.http.js';
import { returnsStream } from '../returns/rules/returns.events.js';
import { CustomerTexts } from '../returns/texts.js';
import { correctionOf } from '../returns/words/correction.words.js';
import { receiptOf } from '../returns/words/receipt.words.js';
import { printedOrNull } from '../shared/scanned-code.js';
import {
  BlockRestockBody,
  ConfirmRestockBody,
  CorrectedReturnAnswer,
  CorrectionBody,
  DispositionBody,
  InspectionBody,
  MismatchBody,
  MissingBody,
  ReceiptBody,
  ReceivedReturnAnswer,
  RestockPath,
  ScanPath,
  WithdrawRestockBody,
} from './receiving.dto.js';

type OnReturn = { readonly returnId: string };
type AtSomeStation = { readonly station?: string | null };

@ApiTags('warehouse')
@Allow('warehouse')
@Controller('v1/returns/:returnId')
export class ReceivingController {
  constructor(
    private readonly returns: ReturnsOverHttp,
    private readonly texts: CustomerTexts,
    private readonly photos: PhotoQueries,
  ) {}

  @Post('receipts')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Receive items',
    description:
      'As often as needed. Nothing that lies on the desk is refused: what another open return of the order awaits is received there (`receipt` tells where each item went), what is too much or does not belong to the return is recorded and set aside.',
  })
  @Answers(ReceivedReturnAnswer)
  async receive(@Param() path: ReturnPath, @Body() body: ReceiptBody, @Caller() caller: Caller): Promise<Answer> {
    const { scanId } = body;
    const trackingNumber = given(body.trackingNumber);
    const items = body.items.map(({ lineId = null, barcode = null, quantity }) => ({ lineId, barcode: given(barcode), quantity }));
    // A scan made offline keeps its own time.
    const at = reportedTime('scannedAt', body.scannedAt, caller);
    const executed = await this.returns.execute(caller, {
      ...custody(path, body, caller),
      station: body.station,
      type: 'ReceiveItems',
      at,
      scanId,
      trackingNumber,
      items,
    });
    const ret = await this.returns.body(executed, path.returnId, caller);
    return answered(executed, { ...ret, receipt: receiptOf(executed.state, path.returnId, scanId) }, { language: caller.language });
  }

  @Post('receipts/:scanId/corrections')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Take back pieces of a wrong scan',
    description:
      'They are awaited again. Nothing is deleted: the scan and its correction both stay in the history. What was refunded for them stays refunded, in advance: when they come, they are not refunded again. Graded pieces are not taken back.',
  })
  @Answers(CorrectedReturnAnswer)
  async correct(@Param() path: ScanPath, @Body() body: CorrectionBody, @Caller() caller: Caller): Promise<Answer> {
    const correctionId = body.correctionId ?? caller.context(returnsStream(orderOf(path.returnId))).commandId;
    const { lineId = null, quantity, why } = body;
    const { returnId, scanId } = path;
    const executed = await this.returns.execute(caller, {
      ...custody(path, body, caller),
      type: 'CorrectReceipt',
      scanId,
      correctionId,
      lineId,
      quantity,
      why,
    });
    const ret = await this.returns.body(executed, returnId, caller);
    const correction = correctionOf(executed, { correctionId, quantity });
    return answered(executed, { ...ret, receipt: receiptOf(executed.state, returnId, scanId), correction }, { language: caller.language });
  }

  @Post('missing')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Mark awaited pieces as missing',
    description: 'The shortfall is closed; nothing is refunded for these pieces.',
  })
  @Answers(ReturnAnswer)
  async missing(@Param() path: ReturnPath, @Body() body: MissingBody, @Caller() caller: Caller): Promise<Answer> {
    const items = body.items.map(({ lineId, quantity }) => ({ lineId, quantity }));
    return this.returns.run(caller, { ...custody(path, body, caller), type: 'MarkMissing', items, why: body.why });
  }

  @Post('mismatches')
  @HttpCode(200)
  @ApiOperation({ summary: 'Report a wrong item', description: 'The expected line stays awaited, nothing is refunded for it.' })
  @Answers(ReturnAnswer)
  async mismatch(@Param() path: ReturnPath, @Body() body: MismatchBody, @Caller() caller: Caller): Promise<Answer> {
    const { scanId, expectedLineId, quantity, note, photos = [] } = body;
    this.photos.assertOf(orderOf(path.returnId), photos);
    const noteRef = await this.texts.keep(orderOf(path.returnId), note);
    return this.returns.run(caller, {
      ...custody(path, body, caller),
      type: 'RecordMismatch',
      scanId,
      expectedLineId,
      foundBarcode: printedOrNull(body.foundBarcode),
      quantity,
      noteRef,
      photoRefs: photos,
    });
  }

  @Post('inspections')
  @HttpCode(200)
  @ApiOperation({ summary: 'Grade received items' })
  @Answers(ReturnAnswer)
  async inspect(@Param() path: ReturnPath, @Body() body: InspectionBody, @Caller() caller: Caller): Promise<Answer> {
    this.photos.assertOf(
      orderOf(path.returnId),
      body.items.flatMap(({ photos = [] }) => photos),
    );
    const items = body.items.map(({ lineId, quantity, grade, defects = [], photos = [] }) => ({
      lineId,
      quantity,
      grade,
      defects,
      photoRefs: photos,
    }));
    return this.returns.run(caller, { ...custody(path, body, caller), type: 'InspectItems', items });
  }

  @Post('dispositions')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Put graded items away',
    description: '`restock` asks the stock system, whose answer comes back as a confirmed or blocked restock.',
  })
  @Answers(ReturnAnswer)
  async dispose(@Param() path: ReturnPath, @Body() body: DispositionBody, @Caller() caller: Caller): Promise<Answer> {
    const items = body.items.map(({ lineId, quantity, disposition, location }) => ({
      lineId,
      quantity,
      disposition,
      location: printedOrNull(location),
    }));
    return this.returns.run(caller, { ...custody(path, body, caller), type: 'DisposeItems', items });
  }

  @Post('restocks/:restockId/confirm')
  @HttpCode(200)
  @ApiOperation({
    summary: 'The goods are back on sale',
    description: 'Also settles a blocked restock. Where its pieces do not go back on sale: `…/withdraw`.',
  })
  @Answers(ReturnAnswer)
  async confirm(@Param() path: RestockPath, @Body() body: ConfirmRestockBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(caller, {
      ...custody(path, body, caller),
      type: 'AnswerRestock',
      restockId: path.restockId,
      answer: 'confirmed',
      reason: '',
    });
  }

  @Post('restocks/:restockId/block')
  @HttpCode(200)
  @ApiOperation({
    summary: 'The stock system refuses them',
    description: 'The restock stays visible in the queue until it is confirmed or withdrawn.',
  })
  @Answers(ReturnAnswer)
  async block(@Param() path: RestockPath, @Body() body: BlockRestockBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(caller, {
      ...custody(path, body, caller),
      type: 'AnswerRestock',
      restockId: path.restockId,
      answer: 'blocked',
      reason: body.reason,
    });
  }

  @Post('restocks/:restockId/withdraw')
  @HttpCode(200)
  @ApiOperation({
    summary: 'The goods go elsewhere',
    description:
      'The other end of a blocked restock: all of its pieces are put away as `disposition` says, and the restock leaves the queue as `withdrawn`. No money moves. To part them, put them into `quarantine` and from there away by line. Refused (409) while the stock system has not refused, and once the restock is confirmed or withdrawn.',
  })
  @Answers(ReturnAnswer)
  async withdraw(@Param() path: RestockPath, @Body() body: WithdrawRestockBody, @Caller() caller: Caller): Promise<Answer> {
    const { disposition } = body;
    return this.returns.run(caller, {
      ...custody(path, body, caller),
      type: 'WithdrawRestock',
      restockId: path.restockId,
      disposition,
      location: printedOrNull(body.location),
    });
  }
}

/** Nothing at all is no code. */
const given = (scanned: string | null | undefined): string | null => (scanned === undefined || scanned === '' ? null : scanned);

const custody = ({ returnId }: OnReturn, { station = null }: AtSomeStation, caller: Caller) =>
  ({ at: caller.at, returnId, station, clerk: caller.principal.id }) as const;
