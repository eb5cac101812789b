/** A scan station that has to do without its service. */
import type { Page } from 'playwright-core';
import { waitFor } from '../support/wait-for.js';

/** What the browser logs while nobody answers. */
export const NO_SERVICE = /ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_INTERNET_DISCONNECTED|ERR_FAILED|net::/;

/** Codes in the field, each with Enter: sent key by key, a busy machine would make a person of the scanner. */
export const enter = (page: Page, codes: readonly string[]): Promise<void> =>
  page.getByRole('textbox', { name: 'Scan or type' }).evaluate(async (field, texts) => {
    for (const text of texts) {
      (field as HTMLInputElement).value = text;
      field.focus();
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      await new Promise((resolve) => setTimeout(resolve));
    }
  }, codes);

/** The page has been kept for times without the service, and so have the returns. */
export async function ready(page: Page, returns: number): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null)
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  });
  await waitFor(async () => (await countKept(page, 'returns')) >= returns, 'the returns to be kept on the device');
}

/** Rows that the station keeps in this browser. */
export const countKept = (page: Page, store: string): Promise<number> =>
  page.evaluate(
    (name) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('backhaul-station');
        opening.onerror = () => reject(new Error('The station keeps nothing here'));
        opening.onsuccess = () => {
          const counting = opening.result.transaction(name).objectStore(name).count();
          counting.onsuccess = () => {
            opening.result.close();
            resolve(counting.result);
          };
        };
      }),
    store,
  );

/** All that the page's origin keeps in this browser where scripts can read it, as text, by place. */
export const allKept = (page: Page): Promise<Readonly<Record<'indexedDb' | 'localStorage' | 'sessionStorage' | 'caches', string>>> =>
  page.evaluate(async () => {
    const done = <Result>(request: IDBRequest<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('It cannot be read'));
      });
    const rows: unknown[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        const [keys, values] = [objects.getAllKeys(), objects.getAll()];
        rows.push(name, store, await Promise.all([done(keys), done(values)]));
      }
      database.close();
    }
    const files: string[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const response = await cache.match(request, { ignoreVary: true });
        files.push(name, request.url, JSON.stringify([...request.headers, ...(response?.headers ?? [])]), (await response?.text()) ?? '');
      }
    }
    return {
      indexedDb: JSON.stringify(rows),
      localStorage: JSON.stringify({ ...localStorage }),
      sessionStorage: JSON.stringify({ ...sessionStorage }),
      caches: files.join('\n'),
    };
  });
