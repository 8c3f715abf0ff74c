import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// As it is published: how the compiler translates import() is a part of it.
const compiled = join(__dirname, '../../dist/keys/escrow-sink-module.js');

describe('EscrowSinkModule', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sink-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['an ES module', 'sink.mjs', 'export const store = (id, { name }) => console.log(id, name);'],
    ['a default export', 'sink.mjs', 'export default { store: async (id, { name }) => console.log(id, name) };'],
    ['a CommonJS module', 'sink.cjs', 'exports.store = (id, { name }) => console.log(id, name);'],
  ])('D-60 hands the key to %s', (_, name, text) => {
    writeFileSync(join(folder, name), text);
    expect(store(join(folder, name))).toBe('the-id key');
  });

  it('finds a package of the application', () => {
    mkdirSync(join(folder, 'node_modules/corp-sink'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/corp-sink/index.js'), 'exports.store = (id) => console.log(id)');
    expect(store('corp-sink')).toBe('the-id');
  });

  it('D-60 fails for a module without a store', () => {
    writeFileSync(join(folder, 'sink.mjs'), 'export const keep = 1;');
    expect(store(join(folder, 'sink.mjs'))).toContain('exports no function store(keyId, element)');
  });

  function store(specifier: string): string {
    const program = `const { EscrowSinkModule } = require(${JSON.stringify(compiled)});
      new EscrowSinkModule(${JSON.stringify(specifier)}).store('the-id', { name: 'key' }).catch((error) => console.log(error.message))`;
    return spawnSync(process.execPath, ['-e', program], { cwd: folder, encoding: 'utf8' }).stdout.trim();
  }
});
