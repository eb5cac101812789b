/** Parcels nobody announced, as the service knows them. Asked at once: neither waits in the queue. */
import { answerOf, staffApi } from '../../shared/api/api';
import type { FoundParcel } from './model';

/** A clerk's choice of the return that a parcel belongs to. */
export type Match = { readonly parcelId: string; readonly returnId: string; readonly station: string; readonly key: string };

/** @throws ApiProblem */
export const readParcel = (parcelId: string): Promise<FoundParcel> =>
  answerOf(staffApi.GET('/v1/warehouse/parcels/{parcelId}', { params: { path: { parcelId } } }));

/**
 * Says that the parcel belongs to the return.
 * @param key of this choice; the same when it is said again for want of an answer
 * @throws ApiProblem
 */
export async function matchParcel({ parcelId, returnId, station, key }: Match): Promise<void> {
  const params = { path: { parcelId }, header: { 'Idempotency-Key': key } };
  await answerOf(staffApi.POST('/v1/warehouse/parcels/{parcelId}/match', { params, body: { returnId, station } }));
}
