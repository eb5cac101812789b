import { Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { StaffArea } from '../shared/StaffArea';

export default function Admin(): ReactElement {
  return (
    <StaffArea title="Operations" nav={[]} roles={['admin']}>
      <Title order={1}>Admin</Title>
    </StaffArea>
  );
}
