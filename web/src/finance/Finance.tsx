import { Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { StaffArea } from '../shared/StaffArea';

export default function Finance(): ReactElement {
  return (
    <StaffArea title="Finance" nav={[]} roles={['finance']}>
      <Title order={1}>Finance</Title>
    </StaffArea>
  );
}
