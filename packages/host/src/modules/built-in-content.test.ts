import { describe, expect, it } from 'vitest';
import { defaultDocumentSection } from './default-document/section.ts';
import { handlersSection } from './handlers/section.ts';
import { requestFilteringSection } from './request-filtering/section.ts';
import { staticContentSection } from './static-file/section.ts';
import { effectiveConfiguration } from './testing/effective-configuration.ts';
import type { ConfigurationTexts } from './testing/effective-configuration.ts';

function lists(texts: ConfigurationTexts) {
  const configuration = effectiveConfiguration(texts);
  expect(configuration.diagnostics).toEqual([]);
  const filtering = configuration.section(requestFilteringSection);
  return {
    handlers: configuration
      .section(handlersSection)
      .entries()
      .map((entry) => entry.get('name')),
    documents: configuration
      .section(defaultDocumentSection)
      .element('files')
      .entries()
      .map((entry) => entry.get('value')),
    types: configuration.section(staticContentSection).entries().length,
    segments: filtering
      .element('hiddenSegments')
      .entries()
      .map((entry) => entry.get('segment')),
    extensions: filtering.element('fileExtensions').entries().length,
  };
}

const server = (elements: string): ConfigurationTexts => ({
  server: `<system.webServer>${elements}</system.webServer>`,
});

describe('builtInContent', () => {
  it('holds where no file says anything', () => {
    const { handlers, documents, types, segments, extensions } = lists({});
    expect(handlers).toEqual(['TRACEVerbHandler', 'OPTIONSVerbHandler', 'StaticFile']);
    expect(documents).toEqual([
      'Default.htm',
      'Default.asp',
      'index.htm',
      'index.html',
      'iisstart.htm',
      'default.aspx',
    ]);
    expect(types).toBeGreaterThan(150);
    expect(segments).toEqual(expect.arrayContaining(['web.config', 'bin', 'App_Data']));
    expect(extensions).toBeGreaterThan(40);
  });

  it('gives way to the lists of applicationHost.config, one by one', () => {
    const written = lists(
      server(
        '<handlers accessPolicy="Read"><add name="own" path="*" verb="*" modules="StaticFileModule"/></handlers>' +
          '<defaultDocument><files><add value="index.html"/><add value="Default.htm"/></files></defaultDocument>' +
          '<security><requestFiltering><requestLimits maxUrl="100"/><hiddenSegments><add segment="web.config"/></hiddenSegments></requestFiltering></security>',
      ),
    );
    expect(written.handlers).toEqual(['own']);
    expect(written.documents).toEqual(['index.html', 'Default.htm']);
    expect(written.segments).toEqual(['web.config']);
    expect(written.types).toBeGreaterThan(150);
    expect(written.extensions).toBeGreaterThan(40);
  });

  it('is there for a web.config to change', () => {
    const elements =
      '<handlers><clear/></handlers><defaultDocument><files><add value="home.html"/></files></defaultDocument>' +
      '<security><requestFiltering><hiddenSegments><remove segment="bin"/></hiddenSegments></requestFiltering></security>';
    const changed = lists({ site: `<system.webServer>${elements}</system.webServer>` });
    expect(changed.handlers).toEqual([]);
    expect(changed.documents[0]).toBe('home.html');
    expect(changed.segments).not.toContain('bin');
  });
});
