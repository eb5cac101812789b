/** The service as a process of its own, for tests that stop or kill it, compiled once from the sources as they are now. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

export const ADMIN_KEY = 'bh_test_0123456789abcdef0123456789abcdef0123456789';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let compiling: Promise<string> | undefined;

/** The folder of the compiled service; made at the first call. */
export const compiled = (): Promise<string> => (compiling ??= compile());

async function compile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'backhaul-service-'));
  const sources = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts'));
  await Promise.all(
    sources.map(async (file) => {
      const { code } = await transformFile(join(ROOT, 'src', file), { sourceMaps: 'inline' });
      const target = join(folder, 'dist', file.replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, code);
    }),
  );
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  // The pages as they were built last; a link to nothing where they were not.
  await symlink(join(ROOT, 'dist/web'), join(folder, 'dist/web'), 'junction');
  return folder;
}

/** Removes what was compiled; for `afterAll`. */
export async function removeCompiledService(): Promise<void> {
  if (compiling !== undefined) await rm(await compiling, { recursive: true, force: true });
  compiling = undefined;
}

export type ServiceProcess = {
  readonly url: string;
  readonly pid: number;
  /** Requests with the admin key. */
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Exit code, or null after a signal. */
  readonly exited: Promise<number | null>;
  readonly output: () => string;
};

/** Starts the service on `dataDir` and resolves when it says where it listens. */
export async function startService(dataDir: string, env: Record<string, string> = {}): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [join(await compiled(), 'dist/main.js')], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      ADMIN_API_KEY: ADMIN_KEY,
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const url = await listening(child, lines, exited);
  return {
    url,
    pid: child.pid ?? Number.NaN,
    call: (method, path, body, headers = {}) =>
      fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${ADMIN_KEY}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    kill: (signal) => child.kill(signal),
    exited,
    output: () => lines.join('\n'),
  };
}

async function listening(child: ChildProcess, lines: string[], exited: Promise<number | null>): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const read = (line: string): void => {
      lines.push(line);
      const found = /https?:\/\/[^\s"]+?:\d+/.exec(line);
      if (found !== null) resolve(found[0]);
    };
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface({ input: stream }).on('line', read);
    void exited.then((code) => reject(new Error(`The service ended with ${code} before it listened:\n${lines.join('\n')}`)));
  });
}

/** Runs a command of the CLI to its end. */
export async function runCli(args: readonly string[], dataDir: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(await compiled(), 'dist/cli.js'), ...args], {
    env: { ...process.env, NODE_OPTIONS: '', DATA_DIR: dataDir, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
