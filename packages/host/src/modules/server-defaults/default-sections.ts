import { builtInMimeTypes } from '../static-file/mime-types.ts';

/** An element as it would stand in applicationHost.config. */
export interface DefaultElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly DefaultElement[];
}

export interface DefaultSection {
  /** Groups, then the section. */
  readonly path: readonly string[];
  readonly children: readonly DefaultElement[];
}

/** What the applicationHost.config of a fresh server says about modules, where it differs from the schema. */
export const defaultSections: readonly DefaultSection[] = [
  {
    path: ['system.webServer', 'handlers'],
    children: [
      handler('TRACEVerbHandler', 'TRACE', 'ProtocolSupportModule', { requireAccess: 'None' }),
      handler('OPTIONSVerbHandler', 'OPTIONS', 'ProtocolSupportModule', { requireAccess: 'None' }),
      handler('StaticFile', '*', 'StaticFileModule,DefaultDocumentModule,DirectoryListingModule', {
        resourceType: 'Either',
        requireAccess: 'Read',
      }),
    ],
  },
  {
    path: ['system.webServer', 'defaultDocument'],
    children: [
      {
        name: 'files',
        children: ['Default.htm', 'Default.asp', 'index.htm', 'index.html', 'iisstart.htm', 'default.aspx'].map(
          (value) => ({ name: 'add', attributes: { value } }),
        ),
      },
    ],
  },
  {
    path: ['system.webServer', 'staticContent'],
    children: [...builtInMimeTypes].map(([fileExtension, mimeType]) => ({
      name: 'mimeMap',
      attributes: { fileExtension, mimeType },
    })),
  },
  {
    path: ['system.webServer', 'security', 'requestFiltering'],
    children: [
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
  },
];

function handler(name: string, verb: string, modules: string, more: Record<string, string>): DefaultElement {
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
