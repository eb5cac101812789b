/** Parcels nobody announced, as the service knows them. Asked at once: neither waits in the queue. */
import { answerOf, newKey, staffApi } from '../../shared/api';
import type { FoundParcel } from './model';

/** @throws ApiProblem */
export const readParcel = (parcelId: string): Promise<FoundParcel> => answerOf(staffApi.GET('/v1/warehouse/parcels/{parcelId}', { params: { path: { parcelId } } }));

/**
 * Says that the parcel belongs to the return. Saying it again changes nothing.
 * @throws ApiProblem
 */
export async function matchParcel(parcelId: string, returnId: string, station: string): Promise<void> {
  const params = { path: { parcelId }, header: { 'Idempotency-Key': newKey() } };
  await answerOf(staffApi.POST('/v1/warehouse/parcels/{parcelId}/match', { params, body: { returnId, station } }));
}
