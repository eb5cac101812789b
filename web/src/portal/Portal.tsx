import { Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { StaffArea } from '../shared/StaffArea';

export default function Portal(): ReactElement {
  return (
    <StaffArea title="Portal" nav={[]} roles={['admin']}>
      <Title order={1}>Portal</Title>
    </StaffArea>
  );
}
