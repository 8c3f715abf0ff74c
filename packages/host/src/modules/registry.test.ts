import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gatewayModules } from './registry.gateway.ts';
import { compilers } from './testing/effective-configuration.ts';

const here = import.meta.dirname;
const guide = new URL('../../../../docs/guide/modules/', import.meta.url).pathname;
/** What modules share. */
const shared = ['content', 'error-pages', 'testing'];

const folders = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !shared.includes(entry.name))
  .map(({ name }) => name);

describe.each(folders)('module %s', (folder) => {
  it.each(['section.ts', 'compile.ts', 'module.ts'])('has a %s', (file) => {
    expect(existsSync(`${here}/${folder}/${file}`)).toBe(true);
  });

  it('has tests and a page in the guide', () => {
    expect(readdirSync(`${here}/${folder}`).some((file) => file.endsWith('.test.ts'))).toBe(true);
    expect(existsSync(`${guide}${folder}.md`)).toBe(true);
  });
});

describe('the two registries', () => {
  it('name the same modules', () => {
    const ids = compilers().modules.map(({ id }) => id);
    expect(gatewayModules.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  it('have each section once, and content only for sections', () => {
    const { sections, builtInContent } = compilers();
    const paths = sections.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toEqual(expect.arrayContaining([...builtInContent.keys()]));
  });
});
