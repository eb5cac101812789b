/** A PostgreSQL of its own in a temporary folder. Its programs refuse to run as root, so they run as the user `postgres` then. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';

/** Where the programs lie; undefined where there are none. */
function programs() {
  if (existsSync(DEBIAN)) return join(DEBIAN, readdirSync(DEBIAN).sort().at(-1), 'bin');
  const found = spawnSync('pg_config', ['--bindir']);
  return found.status === 0 ? String(found.stdout).trim() : undefined;
}

/** @returns the URL and how to stop it, or undefined where PostgreSQL is not installed */
export function startPostgres(folder, port) {
  const bin = programs();
  if (bin === undefined) return undefined;
  const isRoot = process.getuid() === 0;
  const run = (program, ...args) => {
    const [command, ...words] = isRoot ? ['runuser', '-u', 'postgres', '--', join(bin, program), ...args] : [join(bin, program), ...args];
    const { status, stderr } = spawnSync(command, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
  };
  if (isRoot) chmodSync(folder, 0o777);
  const data = join(folder, 'postgres');
  run('initdb', '-D', data, '-U', 'bench', '--auth=trust', '--no-sync');
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=on -c synchronous_commit=on`;
  run('pg_ctl', '-D', data, '-o', options, '-l', join(folder, 'postgres.log'), '-w', 'start');
  return {
    url: `postgresql://bench@127.0.0.1:${port}/postgres`,
    stop() {
      run('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop');
      rmSync(data, { recursive: true, force: true });
    },
  };
}
