import { describe, expect, it } from 'vitest';
import type { EffectiveElement } from '../schema/effective-element.ts';
import type { SectionSchema } from '../schema/section-schema.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { applyLayer } from './apply-layer.ts';
import { EffectiveView } from './effective.ts';

const directories = {
  path: { type: 'string' },
  physicalPath: { type: 'string', expanded: true },
  allowSubDirConfig: { type: 'bool', default: true },
} as const;
const log = {
  format: { type: 'enum', values: { IIS: 0, NCSA: 1, W3C: 2 }, default: 'W3C' },
  directory: { type: 'string', default: '%SystemDrive%\\logs', expanded: true },
} as const;
const limits = { attributes: { connectionTimeout: { type: 'timeSpan', default: '00:02:00' } } } as const;
const bindings = {
  collection: { addElement: 'binding', keys: ['info'], entry: { attributes: { info: { type: 'string' } } } },
} as const;
const applicationDefaults = { isCollectionDefault: true, attributes: { applicationPool: { type: 'string' } } } as const;
const virtualDirectoryDefaults = { isCollectionDefault: true, attributes: directories } as const;

const sites = {
  path: 'sites',
  overrideModeDefault: 'Deny',
  elements: {
    siteDefaults: {
      isCollectionDefault: true,
      attributes: { name: { type: 'string' }, serverAutoStart: { type: 'bool', default: true } },
      elements: { logFile: { attributes: log }, limits, bindings },
    },
    applicationDefaults,
    virtualDirectoryDefaults,
  },
  collection: {
    addElement: 'site',
    keys: ['name'],
    defaultElement: 'siteDefaults',
    entry: {
      attributes: { name: { type: 'string' }, serverAutoStart: { type: 'bool', default: true } },
      elements: { logFile: { attributes: log }, limits, bindings, applicationDefaults, virtualDirectoryDefaults },
      collection: {
        addElement: 'application',
        keys: ['path'],
        defaultElement: 'applicationDefaults',
        entry: {
          attributes: { path: { type: 'string' }, applicationPool: { type: 'string' } },
          elements: { virtualDirectoryDefaults },
          collection: {
            addElement: 'virtualDirectory',
            keys: ['path'],
            defaultElement: 'virtualDirectoryDefaults',
            entry: { attributes: directories },
          },
        },
      },
    },
  },
} as const satisfies SectionSchema;

function effective(content: string): EffectiveElement<typeof sites> {
  const { root } = parseXml(new TextEncoder().encode(`<sites>\n${content}</sites>`), '/f');
  const merged = applyLayer(sites, undefined, root, { file: '/f', level: '', depth: 0, section: 'sites' }, []);
  return new EffectiveView(sites, merged, (name) => (name === 'SYSTEMDRIVE' ? 'C:' : undefined)) as EffectiveElement<
    typeof sites
  >;
}

describe('EffectiveView', () => {
  it('C-66 merges defaults attribute by attribute, wherever the defaults element stands', () => {
    const [site] = effective(
      '<site name="a"><logFile directory="/d"/></site>\n<siteDefaults><logFile format="ncsa"/></siteDefaults>',
    ).entries();
    const logFile = site?.element('logFile');
    expect([logFile?.get('format'), logFile?.get('directory')]).toEqual(['NCSA', '/d']);
    expect(logFile?.origin('format')).toEqual({ file: '/f', line: 3, column: 24 });
    expect(logFile?.origin('directory')).toEqual({ file: '/f', line: 2, column: 25 });
  });

  it('C-67 prefers the nearest defaults element', () => {
    const content =
      '<applicationDefaults applicationPool="A"/><site name="a"><applicationDefaults applicationPool="B"/><application path="/"/><application path="/c" applicationPool="C"/></site><site name="b"><application path="/"/></site>';
    const pools = effective(content)
      .entries()
      .map((site) => site.entries().map((application) => application.get('applicationPool')));
    expect(pools).toEqual([['B', 'C'], ['A']]);
  });

  it('reaches virtual directories from defaults on every level around them', () => {
    const content =
      '<virtualDirectoryDefaults allowSubDirConfig="false" physicalPath="outer"/>' +
      '<site name="a"><application path="/"><virtualDirectoryDefaults physicalPath="inner"/><virtualDirectory path="/"/></application></site>';
    const directory = effective(content).entries()[0]?.entries()[0]?.entries()[0];
    expect([directory?.get('physicalPath'), directory?.get('allowSubDirConfig')]).toEqual(['inner', false]);
  });

  it('takes no identity from a defaults element', () => {
    const [site] = effective('<siteDefaults name="x" serverAutoStart="false"/><site/>').entries();
    expect([site?.get('name'), site?.isSet('name'), site?.get('serverAutoStart')]).toEqual(['', false, false]);
  });

  it('gives a collection of a defaults element to entries that write none of their own', () => {
    const content =
      '<siteDefaults><bindings><binding info="*:80:"/></bindings></siteDefaults><site name="a"/><site name="b"><bindings><binding info="*:81:"/></bindings></site><site name="c"><bindings/></site>';
    const infos = effective(content)
      .entries()
      .map((site) =>
        site
          .element('bindings')
          .entries()
          .map((binding) => binding.get('info')),
      );
    expect(infos).toEqual([['*:80:'], ['*:81:'], ['*:80:']]);
  });

  it('reads defaults of the schema, time spans as milliseconds and variables expanded', () => {
    const [site] = effective('<site name="a"/>').entries();
    expect(site?.element('limits').get('connectionTimeout')).toBe(120_000);
    expect(site?.element('limits').writtenAt).toBeUndefined();
    expect(site?.element('logFile').get('directory')).toBe('C:\\logs');
    expect(site?.element('logFile').origin('directory')).toBeUndefined();
    expect(site?.writtenAt).toEqual({ file: '/f', line: 2, column: 1 });
  });

  it('throws for names that the schema does not have', () => {
    const view: EffectiveElement = effective('');
    for (const name of ['nope', 'constructor']) {
      expect(() => view.get(name)).toThrow(`the schema has no attribute "${name}"`);
      expect(() => view.element(name)).toThrow(`the schema has no element "${name}"`);
    }
  });
});
