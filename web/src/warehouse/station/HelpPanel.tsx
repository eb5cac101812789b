import { Anchor, Button, Group, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { CONTROL_GROUPS } from './codes';

/** All keys and the control codes that do the same. */
export function HelpPanel({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <section className="station-card" aria-labelledby="help">
      <Group justify="space-between">
        <Title order={2} size="h4" id="help">
          Keys and control codes
        </Title>
        <Button variant="default" onClick={onClose}>
          Close (F1)
        </Button>
      </Group>
      <Text my="xs">
        Scan a label, a return id, an item, a shelf or one of these.{' '}
        <Anchor component={Link} href="/warehouse/codes" underline="always">
          Print them all
        </Anchor>
      </Text>
      <div className="station-help">
        {CONTROL_GROUPS.map(({ title, codes }) => (
          <div key={title}>
            <Title order={3} size="h6">
              {title}
            </Title>
            <dl>
              {codes.map(({ code, key, label }) => (
                <div key={code}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{label}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </div>
    </section>
  );
}
