import './codes.css';
import { Button, Group, Text, Title } from '@mantine/core';
import { code128, drawingSVG } from 'bwip-js/browser';
import { useMemo, type ReactElement } from 'react';
import { CONTROL_GROUPS, type ControlCode } from '../station/codes';

/** Code 128, which every scanner reads. An image, so that the page's rules for styles do not touch it. */
const barcode = (text: string): string => `data:image/svg+xml,${encodeURIComponent(code128({ bcid: 'code128', text, height: 14, paddingwidth: 10, paddingheight: 2 }, drawingSVG()))}`;

/** A sheet of control codes to print and to keep at the desk. */
export default function CodesPage(): ReactElement {
  return (
    <div className="codes">
      <Group justify="space-between" className="not-printed">
        <Title order={1} size="h2">Control codes</Title>
        <Button onClick={() => print()}>Print</Button>
      </Group>
      <Text className="not-printed" mb="md">Print them, laminate them, lay them on the desk: everything at the station is then done with the scanner.</Text>
      {CONTROL_GROUPS.map(({ title, codes }) => (
        <section key={title} className="codes-group">
          <Title order={2} size="h4">{title}</Title>
          <ul>{codes.map((each) => <OneCode key={each.code} code={each.code} label={each.label} />)}</ul>
        </section>
      ))}
    </div>
  );
}

function OneCode({ code, label }: Pick<ControlCode, 'code' | 'label'>): ReactElement {
  const source = useMemo(() => barcode(code), [code]);
  return (
    <li>
      <Text fw={700}>{label}</Text>
      <img src={source} alt={`Barcode ${code}`} />
      <Text size="sm">{code}</Text>
    </li>
  );
}
