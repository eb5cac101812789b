/** Shows the area that the address names. Each area is loaded only where it is used. */
import '@mantine/core/styles.css';
import './shared/page/page.css';
import { Loader, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, type ComponentType, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './shared/api/queries';
import { styleNonce } from './shared/page/nonce';
import { PageFailure, PageGuard } from './shared/page/PageFailure';
import { colours, theme } from './shared/page/theme';

function load(path: string): Promise<{ readonly default: ComponentType }> {
  if (path.startsWith('/warehouse')) return import('./warehouse/Warehouse');
  if (path.startsWith('/finance')) return import('./finance/Finance');
  if (path.startsWith('/admin')) return import('./admin/Admin');
  return import('./portal/Portal');
}

// Libraries that make styles by themselves, such as the scroll lock of dialogs, look for the nonce under this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

const framed = (content: ReactElement): ReactElement => (
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={colours} forceColorScheme="light" getStyleNonce={styleNonce}>
      <PageGuard>
        <QueryClientProvider client={queryClient}>{content}</QueryClientProvider>
      </PageGuard>
    </MantineProvider>
  </StrictMode>
);

const element = document.getElementById('root');
if (element === null) throw new Error('The page has no element with the id root');
const root = createRoot(element);
root.render(framed(<Loader m="xl" aria-label="Loading" role="status" />));
// Not with `Suspense`: once it has shown a fallback, React holds back what comes after it for 300 ms. Nor with an
// `await` out here: the areas share code with this file, and each would wait for the other.
void load(location.pathname).then(
  ({ default: Area }) => root.render(framed(<Area />)),
  (error: unknown) => {
    reportError(error);
    root.render(framed(<PageFailure why="notLoaded" />));
  },
);
