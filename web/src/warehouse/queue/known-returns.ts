/** What a scanned code should contain: asked of the service, and kept so that the station also knows it without the line. */
import { isSameCode } from '../../../../src/shared/scanned-code';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { ApiProblem } from '../../shared/api/problem';
import type { CountedCommand } from './commands';
import { allJotted } from './jotter';
import {
  codesToLookFor,
  codesTypedOtherwise,
  foundUnder,
  knownFromAnswer,
  knownFromQueue,
  withCommands,
  type ExpectedReturn,
  type KnownReturn,
} from './returns';
import { scanQueue } from './scan-queue';
import { allWaiting, forgetReturnsSeenBefore, keepReturns, knownReturn, returnsByCode } from './store';

/** A clerk does not wait longer for a service that may be gone. */
const PATIENCE_MS = 2_500;
const PAGE = 200;
/** An address holds no more; longer contents are QR codes whose beginning tells enough. */
const MOST_ASKED = 1_000;
/** Of the longest waiting; more than a dock holds. */
const MOST_PAGES = 50;
const FORGOTTEN_AFTER_MS = 14 * 24 * 60 * 60 * 1000;
/** Where the service is there but cannot answer now, what is kept here is better than nothing. */
const isOutOfReach = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 0 || error.status >= 500 || error.status === 429);

/**
 * The answer counts what waits in this browser as done already. What the service does while it is asked may be counted
 * twice until that has left the queue, never lost.
 * @throws ApiProblem not_found: nothing is expected under this code; `offline`: the service cannot be asked and this
 * device does not know the code either
 */
export async function findExpected(code: string): Promise<Schemas['ExpectedAnswer']> {
  const commands = await waitingHere();
  if (scanQueue.standing().hold === 'offline') {
    const kept = await keptUnder(code, commands);
    if (kept !== undefined) return kept;
  }
  const askedAt = new Date().toISOString();
  const answer = await ask(code).catch((error: unknown) => {
    if (isOutOfReach(error)) return undefined;
    throw error;
  });
  if (answer === undefined) {
    const kept = await keptUnder(code, commands);
    if (kept !== undefined) return kept;
    throw new ApiProblem(
      'offline',
      0,
      'The service cannot be reached, and this device does not know the code yet. Scan the label or the return’s number instead, or record the parcel as unannounced.',
    );
  }
  await keep(answer, answer.readAs?.code ?? code, askedAt);
  return { ...answer, returns: answer.returns.map((expected) => withCommands(expected, commands)) };
}

/**
 * The return as the service has it now; undefined while something of it waits in this browser, which the service may have
 * counted or not.
 * @throws ApiProblem it cannot be asked
 */
export async function readReturn(returnId: string): Promise<ExpectedReturn | undefined> {
  if ((await waitingHere()).some(({ command }) => 'returnId' in command && command.returnId === returnId)) return undefined;
  const askedAt = new Date().toISOString();
  const answer = await ask(returnId);
  await keep(answer, returnId, askedAt);
  return answer.returns.find((ret) => ret.returnId === returnId);
}

/** Commands of this browser that the service has not answered, in order: in the store, or on their way there. */
async function waitingHere(): Promise<readonly CountedCommand[]> {
  // The notes first: what goes from there into the store in between is found in both.
  const noted = allJotted();
  const stored = await allWaiting();
  const ids = new Set(stored.map(({ id }) => id));
  return [...stored, ...noted.filter(({ id }) => !ids.has(id))];
}

async function ask(barcode: string): Promise<Schemas['ExpectedAnswer']> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await answerOf(staffApi.GET('/v1/warehouse/expected', { params: { query: { barcode: barcode.slice(0, MOST_ASKED) } }, signal }));
  } catch (error) {
    const isSilent = signal.aborted || (error instanceof ApiProblem && error.status === 0);
    if (isSilent) scanQueue.lineLost();
    throw signal.aborted ? new ApiProblem('offline', 0, 'The service does not answer.') : error;
  }
}

async function keep({ returns }: Schemas['ExpectedAnswer'], code: string, seenAt: string): Promise<void> {
  await keepReturns(
    await Promise.all(returns.map(async (expected) => knownFromAnswer(expected, code, seenAt, await knownReturn(expected.returnId)))),
  );
}

async function keptUnder(scanned: string, commands: readonly CountedCommand[]): Promise<Schemas['ExpectedAnswer'] | undefined> {
  const parcels = parcelsRecordedHere(scanned, commands);
  for (const codes of codesToLookFor(scanned)) {
    const { returns, more } = foundUnder(codes, counted(await underAny(codes), commands));
    if (returns.length > 0) return { barcode: scanned, returns: [...returns], more, parcels };
  }
  return parcels.length > 0 ? { barcode: scanned, returns: [], more: false, parcels } : typedOtherwise(scanned, commands);
}

/** As the service does: what a scanner with another keyboard may have meant, where exactly one return fits. */
async function typedOtherwise(scanned: string, commands: readonly CountedCommand[]): Promise<Schemas['ExpectedAnswer'] | undefined> {
  const typed = codesTypedOtherwise(scanned);
  const [known, another] = counted(await underAny([...typed.keys()]), commands);
  if (known === undefined || another !== undefined) return undefined;
  const code = known.codes.find((each) => typed.has(each)) ?? '';
  const { returns } = foundUnder([code], [known]);
  return { barcode: scanned, returns: [...returns], more: false, parcels: [], readAs: typed.get(code) ?? null };
}

const counted = (known: readonly KnownReturn[], commands: readonly CountedCommand[]): readonly KnownReturn[] =>
  known.map((each) => ({ ...each, expected: withCommands(each.expected, commands) }));

async function underAny(codes: readonly string[]): Promise<readonly KnownReturn[]> {
  const found = (await Promise.all(codes.map((code) => returnsByCode(code)))).flat();
  return [...new Map(found.map((known) => [known.returnId, known])).values()];
}

/** Unannounced parcels that wait in this browser to be sent. */
function parcelsRecordedHere(scanned: string, commands: readonly CountedCommand[]): Schemas['KnownParcelAnswer'][] {
  return commands.flatMap(({ command }) => {
    if (command.kind !== 'found_parcel') return [];
    const { parcelId, trackingNumber, station } = command.body;
    if (parcelId === undefined || ![parcelId, trackingNumber ?? ''].some((code) => isSameCode(scanned, code))) return [];
    return [{ parcelId, state: 'unmatched' as const, foundAt: new Date().toISOString(), station, returnId: null }];
  });
}

/**
 * Reads the receiving queue page by page into this device, the longest waiting first.
 * @throws ApiProblem what could not be read; what came before is kept
 */
export async function readAhead(signal: AbortSignal): Promise<void> {
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const seenAt = new Date().toISOString();
    const read: Schemas['QueueAnswer'] = await answerOf(
      staffApi.GET('/v1/warehouse/queue', { params: { query: { limit: PAGE, ...(cursor === null ? {} : { cursor }) } }, signal }),
    );
    await keepReturns(await Promise.all(read.items.map(async (item) => knownFromQueue(item, seenAt, await knownReturn(item.returnId)))));
    cursor = read.nextCursor;
    if (cursor === null) break;
  }
  await forgetReturnsSeenBefore(new Date(Date.now() - FORGOTTEN_AFTER_MS).toISOString());
}
