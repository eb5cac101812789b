import { Checkbox, Fieldset, NativeSelect, SimpleGrid, Stack, Switch, Textarea, TextInput, type TextInputProps } from '@mantine/core';
import type { ReactElement } from 'react';
import { sentence } from '../../shared/words/words';
import { METHODS, OFFERED_OUTCOMES } from '../offers';
import type { FieldsProps } from './fields-props';
import { GRADES, nameOf, PROMOTIONS, SHIPPING, TENDERS, TRIGGERS, WRAPPING } from './policy-form';
import { ReasonFields } from './ReasonFields';

const options = <Value extends string>(values: readonly Value[]): { value: Value; label: string }[] =>
  values.map((value) => ({ value, label: sentence(value) }));
const chosen = <Value extends string>(values: readonly Value[], text: string): Value | undefined => values.find((value) => value === text);

/** Every field of the policy, by subject. */
export function PolicyFields(props: FieldsProps): ReactElement {
  return (
    <Stack gap="lg">
      <Deadline {...props} />
      <Approval {...props} />
      <WayBack {...props} />
      <Refunds {...props} />
      <Fieldset legend="Reasons">
        <ReasonFields {...props} />
      </Fieldset>
    </Stack>
  );
}

type TextFieldProps = Pick<TextInputProps, 'description' | 'inputMode'> & {
  readonly value: string;
  readonly pointer: string;
  readonly faultAt: FieldsProps['faultAt'];
  readonly onText: (text: string) => void;
};
const TextField = ({ pointer, faultAt, onText, ...input }: TextFieldProps): ReactElement => (
  <TextInput {...input} label={nameOf(pointer)} error={faultAt(pointer)} onChange={(event) => onText(event.currentTarget.value)} />
);

function Deadline({ form, onChange, faultAt }: FieldsProps): ReactElement {
  return (
    <Fieldset legend="Who may return what">
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <TextField
            description="Empty: no limit"
            inputMode="numeric"
            pointer="/windowDays"
            value={form.windowDays}
            faultAt={faultAt}
            onText={(windowDays) => onChange({ windowDays })}
          />
          <TextField
            description="Where no delivery is known"
            inputMode="numeric"
            pointer="/transitBufferDays"
            value={form.transitBufferDays}
            faultAt={faultAt}
            onText={(transitBufferDays) => onChange({ transitBufferDays })}
          />
          <TextField
            description="Such as Europe/Berlin"
            pointer="/timeZone"
            value={form.timeZone}
            faultAt={faultAt}
            onText={(timeZone) => onChange({ timeZone })}
          />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Textarea
            label={nameOf('/finalSale/categories')}
            description="One a line"
            autosize
            minRows={2}
            value={form.finalSaleCategories}
            error={faultAt('/finalSale/categories')}
            onChange={(event) => onChange({ finalSaleCategories: event.currentTarget.value })}
          />
          <Textarea
            label={nameOf('/finalSale/skus')}
            description="One a line"
            autosize
            minRows={2}
            value={form.finalSaleSkus}
            error={faultAt('/finalSale/skus')}
            onChange={(event) => onChange({ finalSaleSkus: event.currentTarget.value })}
          />
        </SimpleGrid>
      </Stack>
    </Fieldset>
  );
}

function Approval({ form, onChange, faultAt }: FieldsProps): ReactElement {
  return (
    <Fieldset legend="Approval">
      <Stack>
        <Switch label="Approve returns at once" checked={form.auto} onChange={(event) => onChange({ auto: event.currentTarget.checked })} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextField
            description="Empty: at none"
            inputMode="decimal"
            pointer="/approval/reviewAboveMinor"
            value={form.reviewAbove}
            faultAt={faultAt}
            onText={(reviewAbove) => onChange({ reviewAbove })}
          />
          <TextField
            inputMode="numeric"
            description="Approved, and nothing is sent"
            pointer="/expireAfterDays"
            value={form.expireAfterDays}
            faultAt={faultAt}
            onText={(expireAfterDays) => onChange({ expireAfterDays })}
          />
        </SimpleGrid>
      </Stack>
    </Fieldset>
  );
}

function WayBack({ form, onChange, faultAt }: FieldsProps): ReactElement {
  return (
    <Fieldset legend="The way back">
      <Stack>
        <Checkbox.Group
          label="Methods"
          value={[...form.methods]}
          error={faultAt('/methods')}
          onChange={(values) => onChange({ methods: METHODS.filter((method) => values.includes(method)) })}
        >
          <SimpleGrid cols={{ base: 1, xs: 3 }} mt="xs" mb={4}>
            {options(METHODS).map((each) => (
              <Checkbox key={each.value} {...each} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <TextField
            description="Label, drop-off, pickup"
            inputMode="decimal"
            pointer="/returnShipping/feeMinor"
            value={form.fee}
            faultAt={faultAt}
            onText={(fee) => onChange({ fee })}
          />
          <TextField
            description="Empty: never"
            inputMode="decimal"
            pointer="/returnShipping/freeFromMinor"
            value={form.freeFrom}
            faultAt={faultAt}
            onText={(freeFrom) => onChange({ freeFrom })}
          />
          <TextField
            description="Empty: all comes back"
            inputMode="decimal"
            pointer="/keepItemBelowMinor"
            value={form.keepItemBelow}
            faultAt={faultAt}
            onText={(keepItemBelow) => onChange({ keepItemBelow })}
          />
        </SimpleGrid>
      </Stack>
    </Fieldset>
  );
}

function Refunds({ form, onChange, faultAt }: FieldsProps): ReactElement {
  return (
    <Fieldset legend="Money">
      <Stack>
        <Checkbox.Group
          label="Outcomes"
          value={[...form.outcomes]}
          error={faultAt('/outcomes')}
          onChange={(values) => onChange({ outcomes: OFFERED_OUTCOMES.filter((outcome) => values.includes(outcome)) })}
        >
          <SimpleGrid cols={{ base: 1, xs: 3 }} mt="xs" mb={4}>
            {options(OFFERED_OUTCOMES).map((each) => (
              <Checkbox key={each.value} {...each} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NativeSelect
            label="Refund when"
            data={options(TRIGGERS)}
            value={form.refundTrigger}
            error={faultAt('/refundTrigger')}
            onChange={(event) => onChange({ refundTrigger: chosen(TRIGGERS, event.currentTarget.value) ?? form.refundTrigger })}
          />
          <NativeSelect
            label="Order shipping refunded"
            data={options(SHIPPING)}
            value={form.outboundShipping}
            onChange={(event) => onChange({ outboundShipping: chosen(SHIPPING, event.currentTarget.value) ?? form.outboundShipping })}
          />
          <NativeSelect
            label="Wrapping refunded"
            data={options(WRAPPING)}
            value={form.wrappingRefund}
            onChange={(event) => onChange({ wrappingRefund: chosen(WRAPPING, event.currentTarget.value) ?? form.wrappingRefund })}
          />
          <NativeSelect
            label="Payments refunded"
            data={options(TENDERS)}
            value={form.tenderOrder}
            onChange={(event) => onChange({ tenderOrder: chosen(TENDERS, event.currentTarget.value) ?? form.tenderOrder })}
          />
          <NativeSelect
            label="Broken promotion"
            data={options(PROMOTIONS)}
            value={form.brokenPromotion}
            onChange={(event) => onChange({ brokenPromotion: chosen(PROMOTIONS, event.currentTarget.value) ?? form.brokenPromotion })}
          />
          <TextField
            inputMode="decimal"
            pointer="/restockingFeeBp"
            value={form.restockingFee}
            faultAt={faultAt}
            onText={(restockingFee) => onChange({ restockingFee })}
          />
          <TextField
            inputMode="decimal"
            pointer="/storeCreditBonusBp"
            value={form.storeCreditBonus}
            faultAt={faultAt}
            onText={(storeCreditBonus) => onChange({ storeCreditBonus })}
          />
          <TextField
            description="Minor units (cents) per line and payment by which less may be captured"
            inputMode="numeric"
            pointer="/captureToleranceMinor"
            value={form.captureTolerance}
            faultAt={faultAt}
            onText={(captureTolerance) => onChange({ captureTolerance })}
          />
        </SimpleGrid>
        <Switch
          label="Every item is inspected"
          checked={form.inspectionRequired}
          onChange={(event) => onChange({ inspectionRequired: event.currentTarget.checked })}
        />
        <SimpleGrid cols={{ base: 2, xs: 3, sm: 5 }}>
          {GRADES.map((grade) => (
            <TextField
              key={grade}
              inputMode="decimal"
              pointer={`/gradeFactorsBp/${grade}`}
              value={form.grades[grade]}
              faultAt={faultAt}
              onText={(text) => onChange({ grades: { ...form.grades, [grade]: text } })}
            />
          ))}
        </SimpleGrid>
      </Stack>
    </Fieldset>
  );
}
