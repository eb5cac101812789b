/**
 * Builds the named parts (`service`, `web`) that are missing or older than what they are made from, so that starting
 * something that is built already takes no build. A build that fails writes nothing, so it is tried again the next time.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const COMMON = ['package.json', 'package-lock.json', 'tsconfig.json'];
/** The pages share pure files of the service. */
const PARTS = {
  service: { result: 'dist/main.js', sources: [...COMMON, 'tsconfig.build.json', 'src'] },
  web: { result: 'dist/web/index.html', sources: [...COMMON, 'src', 'web'] },
};

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Folders count as well: theirs is the time when a file was taken away. */
function newestOf(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(
    stat.mtimeMs,
    ...readdirSync(path)
      .filter((name) => name !== 'node_modules')
      .map((name) => newestOf(join(path, name))),
  );
}

for (const part of process.argv.slice(2)) {
  const { result, sources } = PARTS[part];
  if (changedAt(result) > Math.max(...sources.map(newestOf))) continue;
  // A shell, because npm is a script of the shell on Windows.
  const { status } = spawnSync(`npm run --silent build:${part}`, { stdio: 'inherit', shell: true });
  if (status !== 0) process.exit(status ?? 1);
}
