import { Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { StaffArea } from '../shared/StaffArea';

export default function Warehouse(): ReactElement {
  return (
    <StaffArea title="Scan station" nav={[]} roles={['warehouse']}>
      <Title order={1}>Warehouse</Title>
    </StaffArea>
  );
}
