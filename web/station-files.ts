/** Tells the station's service worker what to keep: what the station's page loads, and nothing of other areas. */
import { createHash } from 'node:crypto';
import type { Plugin, Rolldown } from 'vite';

const STATION = /\/src\/warehouse\/Warehouse\.tsx$/;
/** Where the service worker is built to; it must lie where its scope begins or above. */
export const STATION_WORKER = 'station-sw.js';

export function stationFiles(): Plugin {
  return {
    name: 'station-files',
    // After the files have got their names.
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle[STATION_WORKER];
      if (worker?.type !== 'chunk') throw new Error(`The build made no ${STATION_WORKER}`);
      if (worker.imports.length > 0) throw new Error(`${STATION_WORKER} must stand alone, and imports ${worker.imports.join(', ')}`);
      const files = filesOfStation(bundle);
      const version = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 16);
      worker.code = worker.code.replace('__STATION_FILES__', JSON.stringify(files)).replace('__STATION_VERSION__', JSON.stringify(version));
    },
  };
}

function filesOfStation(bundle: Rolldown.OutputBundle): readonly string[] {
  const chunks = Object.values(bundle).flatMap((output) => (output.type === 'chunk' ? [output] : []));
  const page = chunks.find(({ isEntry, facadeModuleId }) => isEntry && facadeModuleId?.endsWith('/index.html'));
  const station = chunks.find(({ facadeModuleId }) => facadeModuleId !== null && STATION.test(facadeModuleId));
  if (page === undefined || station === undefined) throw new Error('The build made no page or no station');
  const found = new Set<string>();
  const add = (fileName: string, isDeep: boolean): void => {
    const output = bundle[fileName];
    if (output?.type !== 'chunk' || found.has(fileName)) return;
    found.add(fileName);
    for (const css of output.viteMetadata?.importedCss ?? []) found.add(css);
    for (const asset of output.viteMetadata?.importedAssets ?? []) found.add(asset);
    for (const each of output.imports) add(each, isDeep);
    // The page also names the other areas, which are loaded only where they are used.
    if (isDeep) for (const each of output.dynamicImports) add(each, isDeep);
  };
  add(page.fileName, false);
  add(station.fileName, true);
  return [...found]
    .toSorted()
    .map((name) => `/${name}`)
    .concat('/favicon.svg');
}
