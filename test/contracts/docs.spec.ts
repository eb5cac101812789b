/** Documents name files, folders and commands that are there: a reader who follows one finds it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const markdownIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', ...markdownIn('docs')];
const SCRIPTS = Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: Record<string, string> }).scripts);

const found = (text: string, pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
/** Places that stand for others are no paths: `<name>`, `*`, `{…}`, `…`. */
const isOne = (path: string): boolean => !/[<>*{}…]/.test(path);

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(document, 'utf8');

  it('links to what is there', () => {
    const links = found(text, /\]\(([^)\s#]+)[^)]*\)/g).filter((link) => !/^[a-z]+:/.test(link));
    expect(links.filter((link) => !existsSync(join(dirname(document), link)))).toEqual([]);
  });

  it('names files and folders that are there', () => {
    const quoted = found(text, /`([^`\n]+)`/g).flatMap((code) => code.split(/\s+/));
    const paths = quoted.filter((code) => /^(src|docs|test|web|bench|scripts|\.ci)\/[\w./-]+$/.test(code) && isOne(code));
    // A folder or the beginning of files' names will do: `test/contracts/eventstoredb`.
    const isThere = (path: string): boolean => existsSync(path) || startsAFile(path);
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });

  it('runs scripts that are there', () => {
    const scripts = found(text, /npm run (?:--silent )?([\w:]+)/g);
    expect(scripts.filter((script) => !SCRIPTS.includes(script))).toEqual([]);
  });
});

function startsAFile(path: string): boolean {
  const folder = dirname(path);
  return existsSync(folder) && readdirSync(folder).some((name) => join(folder, name).startsWith(path));
}
