import { Anchor, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { PageTitle } from './PageTitle';

/** For an address of the area that names no page. @param to what the area begins with, after "Go to" */
export const NoSuchPage = ({ href, to }: { readonly href: string; readonly to: string }): ReactElement => (
  <Stack gap="xs">
    <PageTitle tab="No such page">There is no such page</PageTitle>
    <Text>
      The address may be wrong or old.{' '}
      <Anchor component={Link} href={href} underline="always">
        Go to {to}
      </Anchor>
      .
    </Text>
  </Stack>
);
