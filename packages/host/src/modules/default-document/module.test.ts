import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { injectExchange } from '../../gateway/testing/injected-exchange.ts';
import { contentOf } from '../content/content.ts';
import { placeOf } from '../content/place.ts';
import { recordedServices } from '../testing/module-services.ts';
import { createDefaultDocument } from './module.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'default-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The path that is handled in place of the folder, or `next`. */
async function choose(files: string[], target = '/', pathCase: 'fallback' | 'sensitive' = 'fallback'): Promise<string> {
  const services = recordedServices();
  const exchange = injectExchange({ target, physicalPath: root });
  const place = placeOf(exchange.route);
  if (place === undefined) throw new Error('no place');
  const resource = await contentOf(services).locate(place, pathCase);
  let chosen = 'next';
  const handler = createDefaultDocument({ files, pathCase }, services);
  const child = (path: string) => {
    chosen = path;
    return 'done' as const;
  };
  await handler.execute({ exchange, path: exchange.route.cookedPath, place, resource, child });
  return chosen;
}

describe('createDefaultDocument', () => {
  it('H-133 takes the first that exists', async () => {
    for (const name of ['b.html', 'c.html']) writeFileSync(join(root, name), name);
    expect(await choose(['a.html', 'b.html', 'c.html'])).toBe('/b.html');
    expect(await choose(['a.html'])).toBe('next');
  });

  it('may lead into a folder below, not to what is never served', async () => {
    mkdirSync(join(root, 'app'));
    writeFileSync(join(root, 'app/index.html'), 'x');
    writeFileSync(join(root, '.env'), 'x');
    expect(await choose(['.env', 'app/index.html'])).toBe('/app/index.html');
  });

  it('takes no folder for a document', async () => {
    mkdirSync(join(root, 'index.html'));
    expect(await choose(['index.html'])).toBe('next');
  });

  it('names it as the folder spells it, unless a link leads to another name', async () => {
    writeFileSync(join(root, 'Index.HTML'), 'x');
    symlinkSync('Index.HTML', join(root, 'home.html'));
    expect(await choose(['index.html'])).toBe('/Index.HTML');
    expect(await choose(['index.html'], '/', 'sensitive')).toBe('next');
    expect(await choose(['home.html'])).toBe('/home.html');
  });

  it('leaves files, and folders without their slash, alone', async () => {
    mkdirSync(join(root, 'folder'));
    writeFileSync(join(root, 'folder/index.html'), 'x');
    expect(await choose(['index.html'], '/folder')).toBe('next');
    expect(await choose(['index.html'], '/folder/')).toBe('/folder/index.html');
    expect(await choose(['index.html'], '/folder/index.html')).toBe('next');
  });
});
