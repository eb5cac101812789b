import { CloseButton, Group, Modal, type MantineSize } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { useFocusBack } from './useFocusBack';

type Props = { readonly title: string; readonly size?: MantineSize; readonly onClose: () => void; readonly children: ReactNode };

/**
 * A question over the page, mounted while it is open. Mantine's own head of a dialog is a `header`, which counts as a
 * second banner beside the page's; this one is not. Mantine gives the focus back only where a dialog stays mounted.
 */
export function Dialog({ title, size, onClose, children }: Props): ReactElement {
  useFocusBack();
  return (
    <Modal.Root opened onClose={onClose} transitionProps={{ duration: 0 }} {...(size === undefined ? {} : { size })}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body pt="md">
          <Group justify="space-between" wrap="nowrap" mb="md">
            <Modal.Title fw={700} lh={1.3} style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Modal.Title>
            <CloseButton aria-label="Close" onClick={onClose} />
          </Group>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
