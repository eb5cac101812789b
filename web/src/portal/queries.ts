/** What the portal reads. Words come in the page's language, so the language is part of every key. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { answerOf, customerApi, type Schemas } from '../shared/api/api';
import { useLanguage } from './language';

export type Returnable = Schemas['ReturnableAnswer'];
export type ReturnableLine = Returnable['lines'][number];
export type Reason = Schemas['ReasonAnswer'];
export type Quote = Schemas['QuoteAnswer'];
export type QuoteBody = Schemas['QuoteBody'];
export type Return = Schemas['ReturnAnswer'];
export type History = Schemas['HistoryAnswer'];
type PhotoLink = Schemas['PhotoLinkAnswer'];

/** What of the order may be returned, and its returns so far. */
export function useReturnable(orderId: string): UseQueryResult<Returnable> {
  return useQuery({
    queryKey: ['returnable', orderId, useLanguage()],
    queryFn: () => answerOf(customerApi.GET('/v1/orders/{orderId}/returnable', { params: { path: { orderId } } })),
  });
}

const NOTHING: QuoteBody = { lines: [], outcome: 'original_payment', method: 'label' };

/** What a return would come to; null while there is nothing to ask. The figures before stay until the new ones are there. */
export function useQuote(orderId: string, body: QuoteBody | null): UseQueryResult<Quote> {
  return useQuery({
    queryKey: ['quote', orderId, body, useLanguage()],
    queryFn: () =>
      answerOf(customerApi.POST('/v1/orders/{orderId}/returns/quote', { params: { path: { orderId } }, body: body ?? NOTHING })),
    enabled: body !== null && body.lines.length > 0,
    placeholderData: keepPreviousData,
  });
}

/** @param pollMs how often to look when nobody tells that it has changed; false = never */
export function useReturn(returnId: string, pollMs: number | false): UseQueryResult<Return> {
  return useQuery({
    queryKey: ['return', returnId, useLanguage()],
    queryFn: () => answerOf(customerApi.GET('/v1/returns/{returnId}', { params: { path: { returnId } } })),
    refetchInterval: pollMs,
  });
}

/** What happened, oldest first. @param pollMs as for `useReturn` */
export function useHistory(returnId: string, pollMs: number | false): UseQueryResult<History> {
  return useQuery({
    queryKey: ['history', returnId, useLanguage()],
    queryFn: () => answerOf(customerApi.GET('/v1/returns/{returnId}/history', { params: { path: { returnId } } })),
    refetchInterval: pollMs,
  });
}

/** Links end after five minutes and are asked for anew before. */
export function usePhotos(returnId: string, enabled: boolean): UseQueryResult<PhotoLink[]> {
  return useQuery({
    queryKey: ['photos', returnId],
    queryFn: () => answerOf(customerApi.GET('/v1/returns/{returnId}/photos', { params: { path: { returnId } } })),
    enabled,
    refetchInterval: 4 * 60_000,
  });
}
