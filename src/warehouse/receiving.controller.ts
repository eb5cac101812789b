/** What clerks do with a return's goods: receive, correct, report what is wrong, grade, put away. */
import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import type { Answer } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { Answers } from '../http/documentation.js';
import { ReturnAnswer, ReturnPath } from '../returns/api/returns.dto.js';
import { ReturnsOverHttp } from '../returns/api/returns.http.js';
import { AnswerRestock, CorrectReceipt, DisposeItems, InspectItems, ReceiveItems, ReportItems } from '../returns/receiving.commands.js';
import type { ReturnsExecuted } from '../returns/returns.commands.js';
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

@ApiTags('warehouse')
@Allow('warehouse')
@Controller('v1/returns/:returnId')
export class ReceivingController {
  constructor(private readonly returns: ReturnsOverHttp) {}

  @Post('receipts')
  @ApiOperation({
    summary: 'Receive items',
    description:
      'As often as needed. Nothing that lies on the desk is refused: what another open return of the order awaits is received there (`receipt` tells where each item went), what is too much or does not belong to the return is recorded and set aside.',
  })
  @Answers(ReceivedReturnAnswer)
  receive(@Param() { returnId }: ReturnPath, @Body() body: ReceiptBody, @Caller() caller: Caller): Promise<Answer> {
    const { scanId, station, scannedAt } = body;
    const items = body.items.map(({ lineId = null, barcode, quantity }) => ({ lineId, barcode: given(barcode), quantity }));
    const scan = { scanId, station, scannedAt, trackingNumber: given(body.trackingNumber), items };
    const more = ({ state }: ReturnsExecuted): object => ({ receipt: receiptOf(state, returnId, scanId) });
    return this.returns.run(new ReceiveItems(returnId, scan, caller), caller, more);
  }

  @Post('receipts/:scanId/corrections')
  @ApiOperation({
    summary: 'Take back pieces of a wrong scan',
    description:
      'They are awaited again. Nothing is deleted: the scan and its correction both stay in the history. What was refunded for them stays refunded, in advance: when they come, they are not refunded again. Graded pieces are not taken back.',
  })
  @Answers(CorrectedReturnAnswer)
  correct(@Param() { returnId, scanId }: ScanPath, @Body() body: CorrectionBody, @Caller() caller: Caller): Promise<Answer> {
    const { lineId = null, quantity, why, station = null, correctionId } = body;
    const command = new CorrectReceipt(returnId, { scanId, lineId, quantity, why, station, correctionId }, caller);
    const more = (executed: ReturnsExecuted): object => ({
      receipt: receiptOf(executed.state, returnId, scanId),
      correction: correctionOf(executed, { correctionId: command.correctionId, quantity }),
    });
    return this.returns.run(command, caller, more);
  }

  @Post('missing')
  @ApiOperation({
    summary: 'Mark awaited pieces as missing',
    description: 'The shortfall is closed; nothing is refunded for these pieces.',
  })
  @Answers(ReturnAnswer)
  missing(@Param() { returnId }: ReturnPath, @Body() body: MissingBody, @Caller() caller: Caller): Promise<Answer> {
    const { station = null, why } = body;
    const items = body.items.map(({ lineId, quantity }) => ({ lineId, quantity }));
    return this.returns.run(new ReportItems(returnId, { problem: 'missing', station, items, why }, caller), caller);
  }

  @Post('mismatches')
  @ApiOperation({ summary: 'Report a wrong item', description: 'The expected line stays awaited, nothing is refunded for it.' })
  @Answers(ReturnAnswer)
  mismatch(@Param() { returnId }: ReturnPath, @Body() body: MismatchBody, @Caller() caller: Caller): Promise<Answer> {
    const { scanId, expectedLineId, quantity, note, photos = [], station = null } = body;
    const found = { scanId, expectedLineId, foundBarcode: printedOrNull(body.foundBarcode), quantity, note, photos, station };
    return this.returns.run(new ReportItems(returnId, { problem: 'mismatch', ...found }, caller), caller);
  }

  @Post('inspections')
  @ApiOperation({ summary: 'Grade received items' })
  @Answers(ReturnAnswer)
  inspect(@Param() { returnId }: ReturnPath, @Body() body: InspectionBody, @Caller() caller: Caller): Promise<Answer> {
    const items = body.items.map(({ defects = [], photos: photoRefs = [], ...item }) => ({ ...item, defects, photoRefs }));
    return this.returns.run(new InspectItems(returnId, { station: body.station ?? null, items }, caller), caller);
  }

  @Post('dispositions')
  @ApiOperation({
    summary: 'Put graded items away',
    description: '`restock` asks the stock system, whose answer comes back as a confirmed or blocked restock.',
  })
  @Answers(ReturnAnswer)
  dispose(@Param() { returnId }: ReturnPath, @Body() body: DispositionBody, @Caller() caller: Caller): Promise<Answer> {
    const items = body.items.map(({ location, ...item }) => ({ ...item, location: printedOrNull(location) }));
    return this.returns.run(new DisposeItems(returnId, { station: body.station ?? null, items }, caller), caller);
  }

  @Post('restocks/:restockId/confirm')
  @ApiOperation({
    summary: 'The goods are back on sale',
    description: 'Also settles a blocked restock. Where its pieces do not go back on sale: `…/withdraw`.',
  })
  @Answers(ReturnAnswer)
  confirm(@Param() { returnId, restockId }: RestockPath, @Body() body: ConfirmRestockBody, @Caller() caller: Caller): Promise<Answer> {
    const { station = null } = body;
    return this.returns.run(new AnswerRestock(returnId, { answer: 'confirmed', restockId, station, reason: '' }, caller), caller);
  }

  @Post('restocks/:restockId/block')
  @ApiOperation({
    summary: 'The stock system refuses them',
    description: 'The restock stays visible in the queue until it is confirmed or withdrawn.',
  })
  @Answers(ReturnAnswer)
  block(@Param() { returnId, restockId }: RestockPath, @Body() body: BlockRestockBody, @Caller() caller: Caller): Promise<Answer> {
    const { station = null, reason } = body;
    return this.returns.run(new AnswerRestock(returnId, { answer: 'blocked', restockId, station, reason }, caller), caller);
  }

  @Post('restocks/:restockId/withdraw')
  @ApiOperation({
    summary: 'The goods go elsewhere',
    description:
      'The other end of a blocked restock: all of its pieces are put away as `disposition` says, and the restock leaves the queue as `withdrawn`. No money moves. To part them, put them into `quarantine` and from there away by line. Refused (409) while the stock system has not refused, and once the restock is confirmed or withdrawn.',
  })
  @Answers(ReturnAnswer)
  withdraw(@Param() { returnId, restockId }: RestockPath, @Body() body: WithdrawRestockBody, @Caller() caller: Caller): Promise<Answer> {
    const { station = null, disposition } = body;
    const location = printedOrNull(body.location);
    return this.returns.run(
      new AnswerRestock(returnId, { answer: 'withdrawn', restockId, station, disposition, location }, caller),
      caller,
    );
  }
}

/** Nothing at all is no code. */
const given = (scanned: string | null | undefined): string | null => (scanned === undefined || scanned === '' ? null : scanned);
