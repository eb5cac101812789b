import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `condition` holds (truthy) and returns its value.
 * @throws Error after `timeoutMs`, saying what was waited for
 */
export async function waitFor<T>(condition: () => T | Promise<T>, what = 'the condition', timeoutMs = 30_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    await delay(5);
  }
}
