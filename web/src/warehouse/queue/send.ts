/** One command to the service. */
import { answerAndHeadersOf, staffApi } from '../../shared/api/api';
import { ApiProblem } from '../../shared/api/problem';
import type { QueuedCommand } from './commands';
import { replyIn, type Reply } from './rules';

/** A line that is up but leads nowhere is given up after this. The service may still have done it: it is sent again under its key. */
const LONGEST_MS = 20_000;

export async function send({ id, command }: QueuedCommand): Promise<Reply> {
  try {
    const { data, headers } = await request(id, command, AbortSignal.timeout(LONGEST_MS)).catch((error: unknown) => {
      // This device's clock is fast: the scan counts, at the time by the service's clock.
      if (command.kind !== 'receipt' || !isFromTheFuture(error)) throw error;
      return request(id, { ...command, body: { ...command.body, scannedAt: undefined } }, AbortSignal.timeout(LONGEST_MS));
    });
    return { kind: 'accepted', answer: data, replayed: headers.get('idempotency-replayed') === 'true' };
  } catch (error) {
    return replyIn(error);
  }
}

const isFromTheFuture = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  error.code === 'validation_failed' &&
  error.errors.every(({ pointer }) => pointer === '/scannedAt') &&
  error.errors.length > 0;

function request(
  id: string,
  command: QueuedCommand['command'],
  signal: AbortSignal,
): Promise<{ readonly data: unknown; readonly headers: Headers }> {
  const header = { 'Idempotency-Key': id };
  const at = <Path extends object>(path: Path) => ({ params: { path, header }, signal });
  switch (command.kind) {
    case 'receipt':
      return answerAndHeadersOf(
        staffApi.POST('/v1/returns/{returnId}/receipts', { ...at({ returnId: command.returnId }), body: command.body }),
      );
    case 'correction': {
      const { returnId, scanId, body } = command;
      return answerAndHeadersOf(
        staffApi.POST('/v1/returns/{returnId}/receipts/{scanId}/corrections', { ...at({ returnId, scanId }), body }),
      );
    }
    case 'mismatch':
      return answerAndHeadersOf(
        staffApi.POST('/v1/returns/{returnId}/mismatches', { ...at({ returnId: command.returnId }), body: command.body }),
      );
    case 'missing':
      return answerAndHeadersOf(
        staffApi.POST('/v1/returns/{returnId}/missing', { ...at({ returnId: command.returnId }), body: command.body }),
      );
    case 'inspection':
      return answerAndHeadersOf(
        staffApi.POST('/v1/returns/{returnId}/inspections', { ...at({ returnId: command.returnId }), body: command.body }),
      );
    case 'disposition':
      return answerAndHeadersOf(
        staffApi.POST('/v1/returns/{returnId}/dispositions', { ...at({ returnId: command.returnId }), body: command.body }),
      );
    case 'found_parcel':
      return answerAndHeadersOf(staffApi.POST('/v1/warehouse/parcels', { params: { header }, body: command.body, signal }));
    case 'found_items':
      return answerAndHeadersOf(
        staffApi.POST('/v1/warehouse/parcels/{parcelId}/items', { ...at({ parcelId: command.parcelId }), body: command.body }),
      );
  }
}
