import { plain } from '../../shared/words/words';

/** Why staff decline a return. The customer reads the code in words, in their language (`decline.words.ts` of the service), so none of them accuses anybody. */
export const DECLINE_CODES = [
  { value: 'outside_policy', label: 'Not covered by the return policy' },
  { value: 'signs_of_use', label: 'The item shows signs of use' },
  { value: 'not_as_claimed', label: 'The photos do not show what is claimed' },
  { value: 'no_answer', label: 'The customer did not answer our question' },
  { value: 'declined_by_staff', label: 'Another reason, said in words below' },
] as const;

const LABELS: ReadonlyMap<string, string> = new Map<string, string>([
  ...DECLINE_CODES.map(({ value, label }) => [value, label] as const),
  ['declined_by_staff', 'Declined by staff'],
  ['approval.declineReasons', 'The policy always declines for the reason given'],
]);
const CODE = /^[a-z][a-zA-Z0-9_.]*$/;

/** Why a return ended: a code in words, what somebody wrote as it is. */
export const endWords = (reason: string): string => LABELS.get(reason) ?? (CODE.test(reason) ? plain(reason) : reason);
