import { describe, expect, it } from 'vitest';
import { effectiveConfiguration } from '../testing/effective-configuration.ts';
import { compileRequestFiltering } from './compile.ts';

function compile(content: string) {
  const configuration = effectiveConfiguration({
    site: `<system.webServer><security><requestFiltering>${content}</requestFiltering></security></system.webServer>`,
  });
  expect(configuration.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return compileRequestFiltering(configuration, { maxUrlSegments: 32 });
}

describe('compileRequestFiltering', () => {
  it('has the defaults of a server', () => {
    const settings = compile('');
    expect(settings).toMatchObject({
      maxAllowedContentLength: 30_000_000,
      maxUrl: 4_096,
      maxQueryString: 2_048,
      maxUrlSegments: 32,
      allowDoubleEscaping: false,
      allowHighBitCharacters: true,
      unescapeQueryString: true,
      verbs: { allowUnlisted: true, allowed: [], denied: [] },
      denyUrlSequences: [],
      filteringRules: [],
    });
    expect(settings.hiddenSegments).toEqual(expect.arrayContaining(['web.config', 'bin', 'app_data']));
    expect(settings.fileExtensions.denied).toEqual(expect.arrayContaining(['.config', '.cs', '.mdf']));
  });

  it('opens bin where the file does, as the template of iisnode', () => {
    expect(compile('<hiddenSegments><remove segment="bin"/></hiddenSegments>').hiddenSegments).not.toContain('bin');
  });

  it('reads lists in lower case, verbs as they are', () => {
    const settings = compile(
      '<verbs allowUnlisted="false"><add verb="GET" allowed="true"/><add verb="Trace" allowed="false"/></verbs>' +
        '<requestLimits maxAllowedContentLength="4294967295"><headerLimits><add header="X-Long" sizeLimit="10"/></headerLimits></requestLimits>' +
        '<denyUrlSequences><add sequence=".."/><add sequence="ADMIN"/></denyUrlSequences>' +
        '<fileExtensions allowUnlisted="false"><add fileExtension=".HTML" allowed="true"/></fileExtensions>',
    );
    expect(settings.verbs).toEqual({ allowUnlisted: false, allowed: ['GET'], denied: ['Trace'] });
    expect(settings.maxAllowedContentLength).toBe(4_294_967_295);
    expect(settings.headerLimits).toEqual([['x-long', 10]]);
    expect(settings.denyUrlSequences).toEqual(['..', 'admin']);
    expect(settings.fileExtensions).toMatchObject({ allowUnlisted: false, allowed: ['.html'] });
  });

  it('reads filtering rules', () => {
    const rule =
      '<filteringRule name="bots" scanUrl="true"><scanHeaders><add requestHeader="User-Agent"/></scanHeaders>' +
      '<appliesTo><add fileExtension=".JPG"/></appliesTo><denyStrings><add string="BadBot"/></denyStrings></filteringRule>';
    expect(compile(`<filteringRules>${rule}</filteringRules>`).filteringRules).toEqual([
      {
        scanUrl: true,
        scanQueryString: false,
        scanAllRaw: false,
        denyUnescapedPercent: true,
        scanHeaders: ['user-agent'],
        appliesTo: ['.jpg'],
        denyStrings: ['badbot'],
      },
    ]);
  });
});
