import type { PolicyForm } from './policy-form';

/** What every part of the policy's form works on. */
export type FieldsProps = {
  readonly form: PolicyForm;
  readonly onChange: <Field extends keyof PolicyForm>(field: Field, value: PolicyForm[Field]) => void;
  /** What is wrong with a field of the document. */
  readonly faultAt: (pointer: string) => string | undefined;
};
