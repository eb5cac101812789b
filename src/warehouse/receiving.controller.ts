/** What clerks do with a return's goods: receive, correct, report what is wrong, grade, put away. */
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../http/access.js';
import { answered, type Answer } from '../http/answer.js';
import { Asked } from '../http/command-context.js';
import { notFound, Problem } from '../http/problem.js';
import { HandleReturns, type ReturnsExecuted } from '../returns/returns.commands.js';
import type { CustodyCommand } from '../returns/decide/custody.js';
import { ReturnDto } from '../returns/returns.dto.js';
import { orderIdOfReturn, returnsStream } from '../returns/returns.events.js';
import { presentReturn, type ReturnBody } from '../returns/returns.presentation.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { ContactsStore } from '../shared/contacts.store.js';
import { receiptOf } from './receipt-words.js';
import {
  BlockRestockBody, ConfirmRestockBody, CorrectionBody, DispositionBody, InspectionBody, MismatchBody, MissingBody, ReceiptBody, ReceivedReturnDto,
  RestockPath, ReturnPath, ScanPath,
} from './receiving.dto.js';
import { printedCode } from './scanned-code.js';

/** A station's clock may run ahead of ours by this much, in milliseconds. */
const CLOCK_SKEW = 5 * 60_000;

type OnReturn = { readonly returnId: string };
type AtStation = { readonly station: string };

@ApiTags('warehouse')
@Allow('warehouse')
@Controller('v1/returns/:returnId')
export class ReceivingController {
  constructor(
    private readonly commands: CommandBus,
    private readonly returns: ReturnsQueries,
    private readonly contacts: ContactsStore,
  ) {}

  @Post('receipts')
  @HttpCode(200)
  @ApiOperation({ summary: 'Receive items', description: 'As often as needed. Nothing that lies on the desk is refused: what is too much or does not belong to the return is recorded and set aside.' })
  @ApiOkResponse({ type: ReceivedReturnDto })
  async receive(@Param() path: ReturnPath, @Body() body: ReceiptBody, @Asked() asked: Asked): Promise<Answer> {
    const { scanId, trackingNumber = null } = body;
    const items = body.items.map(({ lineId = null, barcode = null, quantity }) => ({ lineId, barcode: barcode === null ? null : printedCode(barcode), quantity }));
    const at = scannedAt(body, asked);
    const executed = await this.handle(path, asked, { ...custody(path, body, asked), type: 'ReceiveItems', at, scanId, trackingNumber, items });
    const ret = bodyOf(path, executed);
    return answered(executed, { ...ret, receipt: receiptOf(executed.state, path.returnId, scanId) });
  }

  @Post('receipts/:scanId/corrections')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take back pieces of a wrong scan', description: 'They are awaited again. Nothing is deleted: the scan and its correction both stay in the history.' })
  @ApiOkResponse({ type: ReturnDto })
  async correct(@Param() path: ScanPath, @Body() body: CorrectionBody, @Asked() asked: Asked): Promise<Answer> {
    const correctionId = body.correctionId ?? asked.context(streamOf(path)).commandId;
    const { lineId = null, quantity, why } = body;
    return this.answer(path, asked, { ...custody(path, body, asked), type: 'CorrectReceipt', scanId: path.scanId, correctionId, lineId, quantity, why });
  }

  @Post('missing')
  @HttpCode(200)
  @ApiOperation({ summary: 'Mark awaited pieces as missing', description: 'The shortfall is closed; nothing is refunded for these pieces.' })
  @ApiOkResponse({ type: ReturnDto })
  async missing(@Param() path: ReturnPath, @Body() body: MissingBody, @Asked() asked: Asked): Promise<Answer> {
    const items = body.items.map(({ lineId, quantity }) => ({ lineId, quantity }));
    return this.answer(path, asked, { ...custody(path, body, asked), type: 'MarkMissing', items, why: body.why });
  }

  @Post('mismatches')
  @HttpCode(200)
  @ApiOperation({ summary: 'Report a wrong item', description: 'The expected line stays awaited, nothing is refunded for it.' })
  @ApiOkResponse({ type: ReturnDto })
  async mismatch(@Param() path: ReturnPath, @Body() body: MismatchBody, @Asked() asked: Asked): Promise<Answer> {
    const { scanId, expectedLineId, foundBarcode = null, quantity, note = null, photos = [] } = body;
    const noteRef = note === null ? null : await this.keepNote(path, note);
    return this.answer(path, asked, {
      ...custody(path, body, asked), type: 'RecordMismatch', scanId, expectedLineId, foundBarcode, quantity, noteRef, photoRefs: photos,
    });
  }

  @Post('inspections')
  @HttpCode(200)
  @ApiOperation({ summary: 'Grade received items' })
  @ApiOkResponse({ type: ReturnDto })
  async inspect(@Param() path: ReturnPath, @Body() body: InspectionBody, @Asked() asked: Asked): Promise<Answer> {
    const items = body.items.map(({ lineId, quantity, grade, defects = [], photos = [] }) => ({ lineId, quantity, grade, defects, photoRefs: photos }));
    return this.answer(path, asked, { ...custody(path, body, asked), type: 'InspectItems', items });
  }

  @Post('dispositions')
  @HttpCode(200)
  @ApiOperation({ summary: 'Put graded items away', description: '`restock` asks the stock system, whose answer comes back as a confirmed or blocked restock.' })
  @ApiOkResponse({ type: ReturnDto })
  async dispose(@Param() path: ReturnPath, @Body() body: DispositionBody, @Asked() asked: Asked): Promise<Answer> {
    const items = body.items.map(({ lineId, quantity, disposition, location = null }) => ({ lineId, quantity, disposition, location }));
    return this.answer(path, asked, { ...custody(path, body, asked), type: 'DisposeItems', items });
  }

  @Post('restocks/:restockId/confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'The goods are back on sale', description: 'Also settles a blocked restock.' })
  @ApiOkResponse({ type: ReturnDto })
  async confirm(@Param() path: RestockPath, @Body() body: ConfirmRestockBody, @Asked() asked: Asked): Promise<Answer> {
    return this.answer(path, asked, { ...custody(path, body, asked), type: 'AnswerRestock', restockId: path.restockId, answer: 'confirmed', reason: '' });
  }

  @Post('restocks/:restockId/block')
  @HttpCode(200)
  @ApiOperation({ summary: 'The stock system refuses them', description: 'The restock stays visible in the queue until it is confirmed.' })
  @ApiOkResponse({ type: ReturnDto })
  async block(@Param() path: RestockPath, @Body() body: BlockRestockBody, @Asked() asked: Asked): Promise<Answer> {
    return this.answer(path, asked, { ...custody(path, body, asked), type: 'AnswerRestock', restockId: path.restockId, answer: 'blocked', reason: body.reason });
  }

  private async answer(path: OnReturn, asked: Asked, command: CustodyCommand): Promise<Answer> {
    const executed = await this.handle(path, asked, command);
    return answered(executed, bodyOf(path, executed));
  }

  private async handle({ returnId }: OnReturn, asked: Asked, command: CustodyCommand): Promise<ReturnsExecuted> {
    return this.commands.execute(new HandleReturns(orderOf(returnId), command, asked.context(returnsStream(orderOf(returnId)))));
  }

  /** Filed under the customer, so that it goes when his data goes. */
  private async keepNote({ returnId }: OnReturn, note: string): Promise<string> {
    const folded = await this.returns.ofReturn(returnId);
    const contactRef = folded?.state.order?.contactRef;
    if (contactRef === undefined) throw notFound();
    return this.contacts.putText(contactRef, note);
  }
}

function orderOf(returnId: string): string {
  const orderId = orderIdOfReturn(returnId);
  if (orderId === undefined) throw notFound();
  return orderId;
}

const streamOf = ({ returnId }: OnReturn): string => returnsStream(orderOf(returnId));

const custody = ({ returnId }: OnReturn, { station }: AtStation, asked: Asked) =>
  ({ rail: 'custody', at: asked.at, returnId, station, clerk: asked.principal.id }) as const;

function bodyOf({ returnId }: OnReturn, { state, revision }: ReturnsExecuted): ReturnBody {
  const body = presentReturn(state, orderOf(returnId), returnId, revision);
  if (body === undefined) throw notFound();
  return body;
}

/** A scan made offline keeps its own time; a station whose clock is wrong must not write history ahead. */
function scannedAt({ scannedAt: given }: ReceiptBody, { at }: Asked): string {
  if (given === undefined) return at;
  if (Date.parse(given) > Date.parse(at) + CLOCK_SKEW) {
    throw new Problem('validation_failed', 'The time of the scan lies in the future.', { errors: [{ pointer: '/scannedAt', detail: 'lies in the future', in: 'body' }] });
  }
  return given < at ? given : at;
}
