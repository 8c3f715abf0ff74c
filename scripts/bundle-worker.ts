/**
 * Puts the preload of the worker and all it loads into one file, `packages/worker/dist/preload.bundle.js`: Node.js
 * takes a quarter millisecond for every file, and several for the first package it resolves, which each start of a
 * worker would pay. Run after `tsc -b`; whoever forgets gets the separate files, see `preloadPath`.
 *
 *   node scripts/bundle-worker.ts [FILE]
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { repository } from './step.ts';

const packages = join(repository, 'packages');
const entry = join(packages, 'worker/dist/preload.js');
const target = resolve(process.argv[2] ?? join(packages, 'worker/dist/preload.bundle.js'));

const modules = new Map<string, string>();
const waiting = [entry];
for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
  if (modules.has(nameOf(file))) continue;
  const { text, required } = redirectRequires(file, await readFile(file, 'utf8'));
  modules.set(nameOf(file), text);
  waiting.push(...required);
}

const parts = [...modules].map(([name, text]) => `${JSON.stringify(name)}(exports) {\n${text}\n},\n`);
const bundle = `'use strict';
const loaded = Object.create(null);
function load(name) {
  if (loaded[name] === undefined) modules[name]((loaded[name] = {}));
  return loaded[name];
}
const modules = {
${parts.join('')}};
load(${JSON.stringify(nameOf(entry))});
`;
await mkdir(dirname(target), { recursive: true });
await writeFile(`${target}.new`, bundle);
await rename(`${target}.new`, target);

/** As compiled code spells it: \`require("…")\`. What Node.js brings stays as it is. */
function redirectRequires(file: string, source: string): { readonly text: string; readonly required: string[] } {
  const required: string[] = [];
  const text = source.replaceAll(/\brequire\((["'])((?!node:)[^"']+)\1\)/g, (_match, _quote, specifier: string) => {
    const path = resolveSpecifier(file, specifier);
    required.push(path);
    return `load(${JSON.stringify(nameOf(path))})`;
  });
  return { text, required };
}

function resolveSpecifier(from: string, specifier: string): string {
  if (specifier.startsWith('./') || specifier.startsWith('../')) return join(dirname(from), specifier);
  const contract = /^@poolhouse\/contract\/([a-z-]+)$/.exec(specifier)?.[1];
  if (contract !== undefined) return join(packages, 'contract/dist', `${contract}.js`);
  throw new Error(
    `${nameOf(from)} requires ${specifier}: the worker may load its own files, contract and Node.js only`,
  );
}

function nameOf(path: string): string {
  return relative(packages, path).replace('/dist/', '/');
}
