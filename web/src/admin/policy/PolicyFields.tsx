import { Checkbox, Fieldset, NativeSelect, SimpleGrid, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { sentence } from '../../shared/words/words';
import { METHODS, OFFERED_OUTCOMES } from '../offers';
import type { FieldsProps } from './fields-props';
import { GRADES, nameOf, PROMOTIONS, SHIPPING, TENDERS, TRIGGERS, WRAPPING, type PolicyForm } from './policy-form';
import { ReasonFields } from './ReasonFields';

const options = <Value extends string>(values: readonly Value[]): { value: Value; label: string }[] =>
  values.map((value) => ({ value, label: sentence(value) }));

type Written = { readonly pointer: string; readonly inputMode?: 'numeric' | 'decimal'; readonly description?: string };
const CAPTURE_TOLERANCE = 'Minor units (cents) per line and payment by which less may be captured';
/** Fields that are written in one line, with their place in the document. */
const WRITTEN = {
  windowDays: { pointer: '/windowDays', inputMode: 'numeric', description: 'Empty: no limit' },
  transitBufferDays: { pointer: '/transitBufferDays', inputMode: 'numeric', description: 'Where no delivery is known' },
  timeZone: { pointer: '/timeZone', description: 'Such as Europe/Berlin' },
  reviewAbove: { pointer: '/approval/reviewAboveMinor', inputMode: 'decimal', description: 'Empty: at none' },
  expireAfterDays: { pointer: '/expireAfterDays', inputMode: 'numeric', description: 'Approved, and nothing is sent' },
  fee: { pointer: '/returnShipping/feeMinor', inputMode: 'decimal', description: 'Label, drop-off, pickup' },
  freeFrom: { pointer: '/returnShipping/freeFromMinor', inputMode: 'decimal', description: 'Empty: never' },
  keepItemBelow: { pointer: '/keepItemBelowMinor', inputMode: 'decimal', description: 'Empty: all comes back' },
  restockingFee: { pointer: '/restockingFeeBp', inputMode: 'decimal' },
  storeCreditBonus: { pointer: '/storeCreditBonusBp', inputMode: 'decimal' },
  captureTolerance: { pointer: '/captureToleranceMinor', inputMode: 'numeric', description: CAPTURE_TOLERANCE },
} as const satisfies Partial<Record<keyof PolicyForm, Written>>;
/** Fields with one entry a line. */
const LISTS = { finalSaleCategories: '/finalSale/categories', finalSaleSkus: '/finalSale/skus' } as const;

/** Every field of the policy, by subject. */
export function PolicyFields(props: FieldsProps): ReactElement {
  const { form, onChange } = props;
  const written = (...fields: readonly (keyof typeof WRITTEN)[]): ReactElement[] =>
    fields.map((field) => (
      <TextField key={field} {...props} {...WRITTEN[field]} value={form[field]} onText={(text) => onChange(field, text)} />
    ));
  return (
    <Stack gap="lg">
      <Subject legend="Who may return what">
        <Row cols={3}>{written('windowDays', 'transitBufferDays', 'timeZone')}</Row>
        <Row cols={2}>
          <Lines {...props} field="finalSaleCategories" />
          <Lines {...props} field="finalSaleSkus" />
        </Row>
      </Subject>
      <Subject legend="Approval">
        <Switch label="Approve returns at once" checked={form.auto} onChange={(event) => onChange('auto', event.currentTarget.checked)} />
        <Row cols={2}>{written('reviewAbove', 'expireAfterDays')}</Row>
      </Subject>
      <Subject legend="Return shipping">
        <Offered
          {...props}
          pointer="/methods"
          values={METHODS}
          chosen={form.methods}
          onChosen={(methods) => onChange('methods', methods)}
        />
        <Row cols={3}>{written('fee', 'freeFrom', 'keepItemBelow')}</Row>
      </Subject>
      <Subject legend="Money">
        <Offered
          {...props}
          pointer="/outcomes"
          values={OFFERED_OUTCOMES}
          chosen={form.outcomes}
          onChosen={(outcomes) => onChange('outcomes', outcomes)}
        />
        <Row cols={2}>
          <Choice {...props} field="refundTrigger" values={TRIGGERS} />
          <Choice {...props} field="outboundShipping" values={SHIPPING} />
          <Choice {...props} field="wrappingRefund" values={WRAPPING} />
          <Choice {...props} field="tenderOrder" values={TENDERS} />
          <Choice {...props} field="brokenPromotion" values={PROMOTIONS} />
          {written('restockingFee', 'storeCreditBonus', 'captureTolerance')}
        </Row>
        <Switch
          label="Every item is inspected"
          checked={form.inspectionRequired}
          onChange={(event) => onChange('inspectionRequired', event.currentTarget.checked)}
        />
        <SimpleGrid cols={{ base: 2, xs: 3, sm: 5 }}>
          {GRADES.map((grade) => (
            <TextField
              {...props}
              key={grade}
              pointer={`/gradeFactorsBp/${grade}`}
              inputMode="decimal"
              value={form.grades[grade]}
              onText={(text) => onChange('grades', { ...form.grades, [grade]: text })}
            />
          ))}
        </SimpleGrid>
      </Subject>
      <Fieldset legend="Reasons">
        <ReasonFields {...props} />
      </Fieldset>
    </Stack>
  );
}

const Subject = ({ legend, children }: { readonly legend: string; readonly children: ReactNode }): ReactElement => (
  <Fieldset legend={legend}>
    <Stack>{children}</Stack>
  </Fieldset>
);
const Row = ({ cols, children }: { readonly cols: number; readonly children: ReactNode }): ReactElement => (
  <SimpleGrid cols={{ base: 1, sm: cols }}>{children}</SimpleGrid>
);

type TextProps = Written & Pick<FieldsProps, 'faultAt'> & { readonly value: string; readonly onText: (text: string) => void };
const TextField = ({ pointer, inputMode, description, value, faultAt, onText }: TextProps): ReactElement => (
  <TextInput
    label={nameOf(pointer)}
    description={description}
    inputMode={inputMode}
    value={value}
    error={faultAt(pointer)}
    onChange={(event) => onText(event.currentTarget.value)}
  />
);

const Lines = ({ field, form, onChange, faultAt }: FieldsProps & { readonly field: keyof typeof LISTS }): ReactElement => (
  <Textarea
    label={nameOf(LISTS[field])}
    description="One a line"
    autosize
    minRows={2}
    value={form[field]}
    error={faultAt(LISTS[field])}
    onChange={(event) => onChange(field, event.currentTarget.value)}
  />
);

type ChoiceField = 'refundTrigger' | 'outboundShipping' | 'wrappingRefund' | 'tenderOrder' | 'brokenPromotion';
type ChoiceProps<Field extends ChoiceField> = FieldsProps & { readonly field: Field; readonly values: readonly PolicyForm[Field][] };
function Choice<Field extends ChoiceField>({ field, values, form, onChange, faultAt }: ChoiceProps<Field>): ReactElement {
  return (
    <NativeSelect
      label={nameOf(`/${field}`)}
      data={options(values)}
      value={form[field]}
      error={faultAt(`/${field}`)}
      onChange={(event) => onChange(field, values.find((value) => value === event.currentTarget.value) ?? form[field])}
    />
  );
}

type OfferedProps<Value> = Pick<FieldsProps, 'faultAt'> & {
  readonly pointer: string;
  readonly values: readonly Value[];
  readonly chosen: readonly Value[];
  readonly onChosen: (values: Value[]) => void;
};
function Offered<Value extends string>({ pointer, values, chosen, faultAt, onChosen }: OfferedProps<Value>): ReactElement {
  return (
    <Checkbox.Group
      label={nameOf(pointer)}
      value={[...chosen]}
      error={faultAt(pointer)}
      onChange={(checked) => onChosen(values.filter((value) => checked.includes(value)))}
    >
      <SimpleGrid cols={{ base: 1, xs: 3 }} mt="xs" mb={4}>
        {options(values).map((each) => (
          <Checkbox key={each.value} {...each} />
        ))}
      </SimpleGrid>
    </Checkbox.Group>
  );
}
