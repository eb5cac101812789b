import './codes.css';
import { Button, Group, Text, Title } from '@mantine/core';
import { code128, drawingSVG, qrcode } from 'bwip-js/browser';
import { useMemo, type ReactElement } from 'react';
import { TEST_CODE } from '../../../../src/shared/keyboard-layouts';
import { CONTROL_GROUPS, type ControlCode } from '../station/codes';
import { ScannerCheck } from './ScannerCheck';

/** An image, so that the page's rules for styles do not touch it. */
const image = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`;
/** Code 128, which every scanner reads. */
const barcode = (text: string): string =>
  image(code128({ bcid: 'code128', text, height: 14, paddingwidth: 10, paddingheight: 2 }, drawingSVG()));
const square = (text: string): string => image(qrcode({ bcid: 'qrcode', text, paddingwidth: 4, paddingheight: 4 }, drawingSVG()));

/** A sheet of control codes to print and to keep at the desk. */
export default function CodesPage(): ReactElement {
  return (
    <div className="codes">
      <Group justify="space-between" className="not-printed">
        <Title order={1} size="h2">
          Control codes
        </Title>
        <Button onClick={() => print()}>Print</Button>
      </Group>
      <Text className="not-printed" mb="md">
        Print them, laminate them, lay them on the desk: everything at the station is then done with the scanner.
      </Text>
      <TestCodes />
      {CONTROL_GROUPS.map(({ title, codes }) => (
        <section key={title} className="codes-group">
          <Title order={2} size="h4">
            {title}
          </Title>
          <ul>
            {codes.map((each) => (
              <OneCode key={each.code} code={each.code} label={each.label} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** What scanners of every kind read, by which a scanner that thinks of another keyboard is told. */
function TestCodes(): ReactElement {
  return (
    <section className="codes-group" aria-labelledby="test-codes">
      <Title order={2} size="h4" id="test-codes">
        Test your scanner
      </Title>
      <Text size="sm" mt="xs">
        Scan either code into the field. What must appear: <b>{TEST_CODE}</b>
      </Text>
      <ul>
        <OneCode code={TEST_CODE} label="Code 128" />
        <li>
          <Text fw={700}>QR code</Text>
          <img className="codes-square" src={square(TEST_CODE)} alt={`QR code ${TEST_CODE}`} />
          <Text size="sm">{TEST_CODE}</Text>
        </li>
      </ul>
      <ScannerCheck />
    </section>
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
