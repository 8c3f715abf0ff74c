import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { effectiveConfiguration } from './sample-configuration.ts';
import { samples } from './sample-sites.ts';
import { repository } from './step.ts';

const file = readFileSync(join(repository, 'samples/applicationHost.config'), 'utf8');
const asWritten = samples.map(({ site, defaultPort }) => ({
  site,
  defaultPort,
  port: defaultPort as number | undefined,
}));
const with_ = (site: string, port: number | undefined) =>
  asWritten.map((sample) => (sample.site === site ? { ...sample, port } : sample));

describe('effectiveConfiguration', () => {
  it('leaves the file as it is when every site can run on its port', () => {
    expect(effectiveConfiguration(file, asWritten)).toBe(file);
  });

  it('moves one site to another port', () => {
    const text = effectiveConfiguration(file, with_('express', 9999));
    expect(text).toBe(file.replace('127.0.0.1:8082:', '127.0.0.1:9999:'));
  });

  it('lets two sites exchange their ports', () => {
    const swapped = asWritten.map((sample) =>
      sample.site === 'express'
        ? { ...sample, port: 8083 }
        : sample.site === 'fastify'
          ? { ...sample, port: 8082 }
          : sample,
    );
    const text = effectiveConfiguration(file, swapped);
    expect(text).toMatch(/<site name="express"[^]*?127\.0\.0\.1:8083:[^]*?<site name="fastify"[^]*?127\.0\.0\.1:8082:/);
  });

  it('takes away a site that cannot run, and nothing else', () => {
    const text = effectiveConfiguration(file, with_('aspnetcore', undefined));
    expect(text).not.toContain('<site name="aspnetcore"');
    expect(text.match(/<site /g)).toHaveLength(samples.length - 1);
    expect(text.match(/<\/site>/g)).toHaveLength(samples.length - 1);
    expect(text).toContain('<site name="two-applications" id="6">');
  });

  it('notices a site that the list or the file does not know', () => {
    expect(() => effectiveConfiguration(file, asWritten.slice(1))).toThrow('expected 5 sites in the file, found 6');
    expect(() => effectiveConfiguration(file.replace('8082', '1'), asWritten)).toThrow(
      'the site "express" has no binding "127.0.0.1:8082:"',
    );
  });
});
