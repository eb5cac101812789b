/** Reading, trying and publishing the policy. */
import { answerAndHeadersOf, answerOf, newKey, staffApi, type Schemas } from '../../shared/api/api';
import { ApiProblem } from '../../shared/api/problem';
import type { Fault, Policy } from './policy-form';

export type Versioned = { readonly version: number; readonly publishedAt: string | null; readonly policy: Policy; readonly etag: string };

const FIELDS = [
  'windowDays',
  'transitBufferDays',
  'timeZone',
  'finalSale',
  'reasons',
  'returnShipping',
  'restockingFeeBp',
  'keepItemBelowMinor',
  'approval',
  'inspectionRequired',
  'refundTrigger',
  'outboundShipping',
  'wrappingRefund',
  'tenderOrder',
  'brokenPromotion',
  'captureToleranceMinor',
  'gradeFactorsBp',
  'storeCreditBonusBp',
  'outcomes',
  'methods',
  'expireAfterDays',
] as const satisfies readonly (keyof Policy)[];

/** What may be left out where a policy is sent is always there where it is answered. */
const isWhole = (body: Schemas['PolicyBody']): body is Schemas['PolicyBody'] & Policy => FIELDS.every((field) => body[field] !== undefined);

function versioned(data: Schemas['PolicyAnswer'], headers: Headers): Versioned {
  const { id: _id, version, publishedAt, ...policy } = data;
  if (!isWhole(policy)) throw new Error('The service has answered only a part of the policy.');
  return { version, publishedAt, policy, etag: headers.get('etag') ?? '' };
}

/** The policy in force. */
export async function readPolicy(): Promise<Versioned> {
  const { data, headers } = await answerAndHeadersOf(staffApi.GET('/v1/policy'));
  return versioned(data, headers);
}

export async function readVersion(version: number): Promise<Versioned> {
  const { data, headers } = await answerAndHeadersOf(
    staffApi.GET('/v1/policy/versions/{version}', { params: { path: { version: String(version) } } }),
  );
  return versioned(data, headers);
}

export const readVersions = (): Promise<Schemas['PolicyVersionsAnswer']> => answerOf(staffApi.GET('/v1/policy/versions'));

/** As it is sent: lists that may be changed. */
const bodyOf = ({ finalSale, reasons, approval, outcomes, methods, ...others }: Policy): Schemas['PolicyBody'] => ({
  ...others,
  finalSale: { categories: [...finalSale.categories], skus: [...finalSale.skus] },
  reasons: reasons.map((reason) => ({ ...reason, labels: { ...reason.labels } })),
  approval: { ...approval, declineReasons: [...approval.declineReasons] },
  outcomes: [...outcomes],
  methods: [...methods],
});

/** What the service has against the document, by field; nothing when it could be published. */
export async function faultsOf(policy: Policy): Promise<readonly Fault[]> {
  try {
    await answerOf(staffApi.POST('/v1/policy/check', { body: bodyOf(policy), params: { header: { 'Idempotency-Key': newKey() } } }));
    return [];
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'validation_failed')
      return error.errors.length > 0 ? error.errors : [{ pointer: '', detail: error.message }];
    throw error;
  }
}

/**
 * @param key of the wish, kept while it is tried again: without it, a publication whose answer was lost would be refused as a change by somebody else
 * @throws ApiProblem `revision_mismatch` when the policy has changed since `etag` was read
 */
export async function publish(policy: Policy, etag: string, key: string): Promise<Versioned> {
  const { data, headers } = await answerAndHeadersOf(
    staffApi.PUT('/v1/policy', { body: bodyOf(policy), params: { header: { 'If-Match': etag, 'Idempotency-Key': key } } }),
  );
  return versioned(data, headers);
}

export async function retire(version: number, key: string): Promise<Versioned> {
  const { data, headers } = await answerAndHeadersOf(
    staffApi.POST('/v1/policy/versions/{version}/retire', {
      body: {},
      params: { path: { version: String(version) }, header: { 'Idempotency-Key': key } },
    }),
  );
  return versioned(data, headers);
}
