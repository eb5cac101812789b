import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { satisfies } from 'semver';

type Package = {
  readonly version: string;
  readonly engines?: { readonly node?: string };
  readonly cpu?: readonly string[];
  readonly hasInstallScript?: boolean;
};
const read = <Json>(name: string): Json => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')) as Json;

const { packages } = read<{ packages: Readonly<Record<string, Package>> }>('package-lock.json');
/** What is never installed on a machine that Node 24 runs on is no matter. */
const installed = Object.entries(packages).filter(([path, { cpu }]) => path !== '' && !cpu?.includes('ia32'));

describe('The locked packages', () => {
  it.each(['20.19.0', '24.0.0'])('are all at home on Node %s, so that installing warns of nothing', (node) => {
    expect(installed.length).toBeGreaterThan(500);
    expect(
      installed
        .filter(([, { engines }]) => !satisfies(node, engines?.node ?? '*'))
        .map(([path, { version, engines }]) => `${path} ${version} wants Node ${engines?.node}`),
    ).toEqual([]);
  });

  it('run a script at installation only where package.json says yes or no to it', () => {
    const { allowScripts } = read<{ allowScripts: Readonly<Record<string, boolean>> }>('package.json');
    // fsevents is for macOS, and comes ready made.
    const scripted = installed
      .filter(([path, { hasInstallScript }]) => hasInstallScript === true && !path.endsWith('/fsevents'))
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(Object.keys(allowScripts).sort()).toEqual([...new Set(scripted)].sort());
  });
});
