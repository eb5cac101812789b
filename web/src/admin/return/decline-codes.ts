/** Why staff decline a return. The customer reads the code in plain words, so none of them accuses anybody. */
export const DECLINE_CODES = [
  { value: 'outside_policy', label: 'Not covered by the return policy' },
  { value: 'signs_of_use', label: 'The item shows signs of use' },
  { value: 'not_as_claimed', label: 'The photos do not show what is claimed' },
  { value: 'no_answer', label: 'The customer did not answer our question' },
  { value: 'declined_by_staff', label: 'Another reason, said in words below' },
] as const;
