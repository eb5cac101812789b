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

/**
 * Makes `expectation` again and again until it holds: what another side shows or stores is there when it is ready, not when
 * the test looks.
 * @throws what it threw last, after `timeoutMs`
 */
export async function soon(expectation: () => Promise<void>, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(5);
  }
}
