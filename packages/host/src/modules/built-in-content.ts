import type { BuiltInContent, XmlElement } from '@poolhouse/configuration';
import { builtInMimeTypes } from './static-file/mime-types.ts';

/** An element as it would stand in applicationHost.config. */
interface Written {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly Written[];
}

/**
 * What the applicationHost.config of a fresh server says about modules, by section: files come after it, and a
 * list that applicationHost.config writes stands in its place.
 */
export function builtInContent(): ReadonlyMap<string, BuiltInContent> {
  return new Map(
    Object.entries(sections).map(([path, children]) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      return [path, { element: build({ name, children }), file: '(built into Poolhouse)' }];
    }),
  );
}

function build({ name, attributes = {}, children = [] }: Written): XmlElement {
  const place = { line: 1, column: 1 };
  return {
    kind: 'element',
    name,
    ...place,
    attributes: Object.entries(attributes).map(([attribute, value]) => ({ name: attribute, value, ...place })),
    children: children.map(build),
  };
}

const sections: Readonly<Record<string, readonly Written[]>> = {
  'system.webServer/handlers': [
    handler('TRACEVerbHandler', 'TRACE', 'ProtocolSupportModule', { requireAccess: 'None' }),
    handler('OPTIONSVerbHandler', 'OPTIONS', 'ProtocolSupportModule', { requireAccess: 'None' }),
    handler('StaticFile', '*', 'StaticFileModule,DefaultDocumentModule,DirectoryListingModule', {
      resourceType: 'Either',
      requireAccess: 'Read',
    }),
  ],
  'system.webServer/defaultDocument': [
    {
      name: 'files',
      children: ['Default.htm', 'Default.asp', 'index.htm', 'index.html', 'iisstart.htm', 'default.aspx'].map(
        (value) => ({ name: 'add', attributes: { value } }),
      ),
    },
  ],
  'system.webServer/staticContent': [...builtInMimeTypes].map(([fileExtension, mimeType]) => ({
    name: 'mimeMap',
    attributes: { fileExtension, mimeType },
  })),
  'system.webServer/security/requestFiltering': [
    {
      name: 'fileExtensions',
      children: deniedExtensions().map((fileExtension) => ({
        name: 'add',
        attributes: { fileExtension, allowed: 'false' },
      })),
    },
    {
      name: 'hiddenSegments',
      children: [
        'web.config',
        'bin',
        'App_code',
        'App_GlobalResources',
        'App_LocalResources',
        'App_WebReferences',
        'App_Data',
        'App_Browsers',
      ].map((segment) => ({ name: 'add', attributes: { segment } })),
    },
  ],
};

function handler(name: string, verb: string, modules: string, more: Record<string, string>): Written {
  return { name: 'add', attributes: { name, path: '*', verb, modules, ...more } };
}

/** Sources, projects, databases and settings of .NET. */
function deniedExtensions(): string[] {
  const names =
    'asa asax ascx master skin browser sitemap config cs csproj vb vbproj webinfo licx resx resources mdb vjsproj ' +
    'java jsl ldb dsdgm ssdgm lsad ssmap cd dsprototype lsaprototype sdm sdmDocument mdf ldf ad dd ldd sd ' +
    'adprototype lddprototype exclude refresh compiled msgx vsdisco rules';
  return names.split(' ').map((name) => `.${name}`);
}
