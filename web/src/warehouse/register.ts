/** Lets the station open without the network: `sw.ts`, built to `/station-sw.js`. */
export function registerStationWorker(): void {
  // Only the built pages have one.
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // A browser that refuses it needs the service to open the page, nothing else; the next visit tries again.
  navigator.serviceWorker.register('/station-sw.js', { scope: '/warehouse', updateViaCache: 'none' }).catch(() => undefined);
}
