import { describe, expect, it } from 'vitest';
import { childElements, parseXml } from '@poolhouse/configuration';
import type { XmlElement } from '@poolhouse/configuration';
import { withServerDefaults } from './with-server-defaults.ts';

function complete(body: string): XmlElement {
  const text = `<configuration>${body}</configuration>`;
  return withServerDefaults(parseXml(new TextEncoder().encode(text), 'applicationHost.config')).root;
}

/** Elements at a path, over all groups of a name. */
function find(root: XmlElement, ...path: string[]): XmlElement[] {
  return path.reduce(
    (elements, name) => elements.flatMap((element) => childElements(element).filter((child) => child.name === name)),
    [root],
  );
}

const attributes = (elements: XmlElement[], name: string) =>
  elements.map((element) => element.attributes.find((attribute) => attribute.name === name)?.value);

describe('withServerDefaults', () => {
  it('completes a file that says nothing of modules', () => {
    const root = complete('<system.applicationHost/>');
    expect(attributes(find(root, 'system.webServer', 'handlers', 'add'), 'name')).toEqual([
      'TRACEVerbHandler',
      'OPTIONSVerbHandler',
      'StaticFile',
    ]);
    expect(attributes(find(root, 'system.webServer', 'defaultDocument', 'files', 'add'), 'value')).toContain(
      'index.html',
    );
    expect(find(root, 'system.webServer', 'staticContent', 'mimeMap').length).toBeGreaterThan(150);
    const filtering = ['system.webServer', 'security', 'requestFiltering'];
    expect(attributes(find(root, ...filtering, 'hiddenSegments', 'add'), 'segment')).toContain('App_Data');
    expect(attributes(find(root, ...filtering, 'fileExtensions', 'add'), 'fileExtension')).toContain('.config');
  });

  it('makes each section once, in the groups that there are', () => {
    const root = complete('<system.webServer><security><access/></security></system.webServer><system.webServer/>');
    expect(find(root, 'system.webServer')).toHaveLength(2);
    expect(find(root, 'system.webServer', 'security')).toHaveLength(1);
    expect(find(root, 'system.webServer', 'security', 'requestFiltering')).toHaveLength(1);
  });

  it('keeps the entries of a section that the file writes', () => {
    const root = complete(
      '<system.webServer><handlers accessPolicy="Read"><add name="own"/></handlers>' +
        '<staticContent><clear/></staticContent></system.webServer>',
    );
    expect(attributes(find(root, 'system.webServer', 'handlers', 'add'), 'name')).toEqual(['own']);
    expect(find(root, 'system.webServer', 'staticContent', 'mimeMap')).toEqual([]);
  });

  it('adds the lists that a section of the file leaves out', () => {
    const root = complete(
      '<system.webServer><handlers accessPolicy="Read"/><security><requestFiltering>' +
        '<requestLimits maxUrl="100"/><hiddenSegments><add segment="web.config"/></hiddenSegments>' +
        '</requestFiltering></security></system.webServer>',
    );
    expect(find(root, 'system.webServer', 'handlers', 'add')).toHaveLength(3);
    const filtering = ['system.webServer', 'security', 'requestFiltering'];
    expect(attributes(find(root, ...filtering, 'hiddenSegments', 'add'), 'segment')).toEqual(['web.config']);
    expect(find(root, ...filtering, 'fileExtensions', 'add').length).toBeGreaterThan(40);
  });

  it('finds a section in the location for the whole server, and only there', () => {
    const root = complete(
      '<location path="" overrideMode="Allow"><system.webServer><handlers><add name="own"/></handlers></system.webServer></location>' +
        '<location path="shop"><system.webServer><defaultDocument><files/></defaultDocument></system.webServer></location>',
    );
    expect(find(root, 'system.webServer', 'handlers')).toEqual([]);
    expect(attributes(find(root, 'location', 'system.webServer', 'handlers', 'add'), 'name')).toEqual(['own']);
    expect(find(root, 'system.webServer', 'defaultDocument', 'files', 'add')).toHaveLength(6);
  });

  it('leaves a section alone that another file holds', () => {
    const root = complete('<system.webServer><handlers configSource="handlers.config"/></system.webServer>');
    expect(find(root, 'system.webServer', 'handlers', 'add')).toEqual([]);
  });
});
