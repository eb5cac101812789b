/**
 * What the embedded log keeps when the power fails. Everything a process writes and syncs is recorded (strace), and the files
 * are made again as a disk may hold them at any moment: of what was not synced, some is there, some is not, some in parts.
 * POWER_CUTS=1000 for more moments.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';
import { afterPowerCut, readRecording, saidAt, saidBefore, STRACE } from '../support/disk-recording.js';

const CUTS = Number(process.env['POWER_CUTS'] ?? 40);
/** Enough for the write-ahead log to be carried over into the file. */
const EVENTS = 1400;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const canTrace = (() => {
  try {
    execFileSync('strace', ['-f', '-e', 'trace=write', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Numbers from 0 to 1, the same in every run. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'backhaul-power-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Outcome = { readonly lost: readonly string[]; readonly said: number; readonly syncs: number };

/** Cuts the power at many moments of one run. */
async function cut(mode: string): Promise<Outcome> {
  const [data, output] = [join(folder, `data-${mode}`), join(folder, `${mode}.strace`)];
  const filler = ['--import', './test/support/run-typescript.mjs', 'test/support/log-filler.ts', data, String(EVENTS), mode];
  const child = spawn('strace', [...STRACE, '-o', output, process.execPath, ...filler], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'close');
  const recorded = await readRecording(output, data);
  const begun = saidAt(recorded, 'begun');
  expect(begun).toBeGreaterThan(0);
  const chance = chances(20_261_201);
  const lost: string[] = [];
  for (let number = 0; number < CUTS; number += 1) {
    const end = begun + 1 + Math.floor(chance() * (recorded.length - begun));
    const after = join(folder, 'after');
    afterPowerCut(recorded, begun, end, chance, after);
    const kept = [...saidBefore(recorded, end).matchAll(/^kept (\S+) (\d+)$/gm)].map(([, stream = '', n = '']) => ({
      stream,
      n: Number(n),
    }));
    lost.push(...(await missingIn(after, kept)).map((what) => `${mode} ${number} (before operation ${end}): ${what}`));
    rmSync(after, { recursive: true });
  }
  const syncs = recorded.filter(({ kind }) => kind === 'sync').length;
  return { lost, said: saidBefore(recorded, recorded.length).split('kept').length - 1, syncs };
}

type Kept = { readonly stream: string; readonly n: number };

/** What was said to be kept and is not there, or that the log does not open. */
async function missingIn(data: string, kept: readonly Kept[]): Promise<readonly string[]> {
  try {
    const store = EmbeddedEventStore.open(data);
    try {
      const last = new Map(kept.map(({ stream, n }) => [stream, n]));
      const missing: string[] = [];
      for (const [stream, n] of last) {
        const there = await store.readStream(stream);
        if (there.length <= n || !there.every(({ data: { n: number } }, index) => number === index)) missing.push(`${stream} ${n}`);
      }
      return missing;
    } finally {
      await store.close();
    }
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

const describeTraced = canTrace ? describe : describe.skip;
describeTraced(`A power cut${canTrace ? '' : ' (not run: strace is not on this machine, or may not be used)'}`, () => {
  it('loses no event that somebody was told is kept', async () => {
    const { lost, said, syncs } = await cut('synced');
    expect(lost).toEqual([]);
    expect(said).toBe(EVENTS);
    expect(syncs).toBeGreaterThan(100);
  });

  it('would, were commits not put on the disk before anybody is told', async () => {
    const { lost, said } = await cut('unsynced');
    expect(said).toBe(EVENTS);
    expect(lost).toContainEqual(expect.stringMatching(/contract-\d \d+$/));
  });
});
