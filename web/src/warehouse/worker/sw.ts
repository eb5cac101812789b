/**
 * Opens the scan station without the network: the page and everything it loads are kept when this version is installed.
 * The API is never answered from here; what a clerk does without the line waits in the page's queue.
 */
declare const self: ServiceWorkerGlobalScope;
/** What the station loads, and a name for this set; the build fills both in. */
declare const __STATION_FILES__: readonly string[];
declare const __STATION_VERSION__: string;

const PREFIX = 'backhaul-station-';
const CACHE = PREFIX + __STATION_VERSION__;
const PAGE = '/warehouse';
/** A line that is up but leads nowhere counts as none after this. */
const PATIENCE_MS = 3000;

self.addEventListener('install', (event) => {
  event.waitUntil(keepEverything());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([forgetOldVersions(), self.clients.claim()]));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (pathname.startsWith('/assets/') || pathname === '/favicon.svg') event.respondWith(file(request));
});

/** The page is kept as it came: its nonce stands both in the markup and in the policy of its headers. */
async function keepEverything(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([...__STATION_FILES__, new Request(PAGE, { cache: 'reload', headers: { accept: 'text/html' } })]);
  // Pages of the version before keep running with their files, which stay until the version after this one.
  await self.skipWaiting();
}

async function forgetOldVersions(): Promise<void> {
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  // In the order in which they were made.
  await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)));
}

/** From the service while it answers, so that a new version shows at the next visit. */
async function page(request: Request): Promise<Response> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.status < 500) return response;
    return (await kept()) ?? response;
  } catch {
    return (await kept()) ?? Response.error();
  }
}

const kept = async (): Promise<Response | undefined> => (await caches.open(CACHE)).match(PAGE);

/** Files are named by their content: what is kept is what would come. */
const file = async (request: Request): Promise<Response> => (await caches.match(request, { ignoreVary: true })) ?? fetch(request);

// A module to TypeScript, so that `self` is what it is here.
export {};
