/** Shows the area that the address names. Each area is loaded only where it is used. */
import '@mantine/core/styles.css';
import './shared/page.css';
import { Loader, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode, Suspense, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './shared/queries';
import { styleNonce } from './shared/nonce';
import { colours, theme } from './shared/theme';

const Portal = lazy(() => import('./portal/Portal'));
const Warehouse = lazy(() => import('./warehouse/Warehouse'));
const Finance = lazy(() => import('./finance/Finance'));
const Admin = lazy(() => import('./admin/Admin'));

function area(path: string): ReactElement {
  if (path.startsWith('/warehouse')) return <Warehouse />;
  if (path.startsWith('/finance')) return <Finance />;
  if (path.startsWith('/admin')) return <Admin />;
  return <Portal />;
}

// Libraries that make styles by themselves, such as the scroll lock of dialogs, look for the nonce under this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element with the id root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={colours} forceColorScheme="light" getStyleNonce={styleNonce}>
      <QueryClientProvider client={queryClient}>
        <Suspense fallback={<Loader m="xl" aria-label="Loading" role="status" />}>{area(location.pathname)}</Suspense>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
