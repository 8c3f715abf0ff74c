import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Shorthand for the files of a test host. What a test does not say is left to the defaults of the product:
 * the shorthand adds only what the files need to be whole.
 */
export interface ConfigurationShorthand {
  /** Default: one pool `test`. */
  readonly pools?: readonly PoolShorthand[];
  readonly sites: readonly SiteShorthand[];
  /** XML below `<system.webServer>` of the server file. */
  readonly webServer?: string;
  /** XML directly below `<configuration>` of the server file. */
  readonly server?: string;
  /** XML inside `<system.applicationHost>`. */
  readonly applicationHost?: string;
}

export interface PoolShorthand {
  readonly name: string;
  readonly attributes?: Attributes;
  /** Attributes of the child elements, by element name: `processModel`, `failure`, `cpu`, `recycling`. */
  readonly processModel?: Attributes;
  readonly recycling?: Attributes;
  readonly periodicRestart?: Attributes;
  readonly failure?: Attributes;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface SiteShorthand {
  /** Default `site`. */
  readonly name?: string;
  /** `bindingInformation` of http bindings; `%PORT%` is the port that the harness chose. Default `127.0.0.1:%PORT%:`. */
  readonly bindings?: readonly string[];
  /** Attributes of `<limits>`. */
  readonly limits?: Attributes;
  readonly serverAutoStart?: boolean;
  /** By path; `/` is needed. */
  readonly applications: Readonly<Record<string, ApplicationShorthand>>;
}

export interface ApplicationShorthand {
  /** Default: the first pool. */
  readonly pool?: string;
  readonly preloadEnabled?: boolean;
  /** The application's `aspNetCore` section; a `web.config` is written for it. */
  readonly aspNetCore?: AspNetCoreShorthand;
  /** The whole `web.config` instead. */
  readonly webConfig?: string;
  /** Further files by relative path. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** An existing folder instead of one that the harness makes. */
  readonly folder?: string;
  /** XML below `<system.webServer>` of the `web.config`. */
  readonly webServer?: string;
}

export interface AspNetCoreShorthand {
  readonly processPath?: string;
  readonly arguments?: string;
  readonly hostingModel?: 'inprocess' | 'outofprocess' | (string & {});
  readonly attributes?: Attributes;
  readonly environment?: Readonly<Record<string, string>>;
  readonly handlerSettings?: Readonly<Record<string, string>>;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A shorthand made of files: where they are and which port each site got. */
export interface WrittenConfiguration {
  readonly file: string;
  /** Folder of an application by its id: `site/`, `site/api`. */
  readonly folders: Readonly<Record<string, string>>;
}

/** Name of the variable that marks every worker and application process of one host. */
const markVariable = 'POOLHOUSE_TEST_MARK';

/** Writes `applicationHost.config`, content folders and `web.config` files below `root`. */
export function writeConfiguration(
  root: string,
  shorthand: ConfigurationShorthand,
  ports: readonly number[],
  mark: string,
): WrittenConfiguration {
  const folders: Record<string, string> = {};
  const pools = shorthand.pools ?? [{ name: 'test' }];
  const sites = shorthand.sites.map((site, index) => {
    const name = site.name ?? 'site';
    const applications = Object.entries(site.applications).map(([path, application]) => {
      const folder = application.folder ?? join(root, 'content', name, path === '/' ? 'root' : path.slice(1));
      folders[`${name}${path}`] = folder;
      writeApplication(folder, application);
      return element(
        'application',
        {
          path,
          applicationPool: application.pool ?? (pools[0] as PoolShorthand).name,
          ...(application.preloadEnabled === undefined ? {} : { preloadEnabled: application.preloadEnabled }),
        },
        element('virtualDirectory', { path: '/', physicalPath: folder }),
      );
    });
    const bindings = (site.bindings ?? ['127.0.0.1:%PORT%:']).map((text) =>
      element('binding', { protocol: 'http', bindingInformation: text.replace('%PORT%', String(ports[index])) }),
    );
    return element(
      'site',
      {
        name,
        id: index + 1,
        ...(site.serverAutoStart === undefined ? {} : { serverAutoStart: site.serverAutoStart }),
      },
      ...applications,
      element('bindings', {}, ...bindings),
      site.limits === undefined ? '' : element('limits', site.limits),
    );
  });
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<configuration>
<system.applicationHost>
${element('applicationPools', {}, ...pools.map((pool) => poolElement(pool, mark)))}
${element('sites', {}, ...sites)}
${shorthand.applicationHost ?? ''}
</system.applicationHost>
<system.webServer>${shorthand.webServer ?? ''}</system.webServer>
<location path="" overrideMode="Allow"><system.webServer><handlers /><modules /></system.webServer></location>
${shorthand.server ?? ''}
</configuration>
`;
  const file = join(root, 'applicationHost.config');
  writeFileSync(file, text);
  return { file, folders };
}

/** Writes a whole `applicationHost.config` in which `%PORT0%`, `%PORT1%`, … stand for the ports. */
export function writeText(root: string, text: string, ports: readonly number[]): WrittenConfiguration {
  const file = join(root, 'applicationHost.config');
  writeFileSync(
    file,
    text.replace(/%PORT(\d+)%/g, (_, index: string) => String(ports[Number(index)])),
  );
  return { file, folders: {} };
}

function poolElement(pool: PoolShorthand, mark: string): string {
  const environment = { [markVariable]: mark, ...pool.environment };
  return element(
    'add',
    { name: pool.name, ...pool.attributes },
    pool.processModel === undefined ? '' : element('processModel', pool.processModel),
    pool.recycling === undefined && pool.periodicRestart === undefined
      ? ''
      : element(
          'recycling',
          pool.recycling ?? {},
          pool.periodicRestart === undefined ? '' : element('periodicRestart', pool.periodicRestart),
        ),
    pool.failure === undefined ? '' : element('failure', pool.failure),
    element(
      'environmentVariables',
      {},
      ...Object.entries(environment).map(([name, value]) => element('add', { name, value })),
    ),
  );
}

function writeApplication(folder: string, application: ApplicationShorthand): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(application.files ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { aspNetCore, webServer = '' } = application;
  const webConfig =
    application.webConfig ??
    (aspNetCore === undefined
      ? webServer === ''
        ? undefined
        : webConfigText(webServer)
      : webConfigText(aspNetCoreText(aspNetCore) + webServer));
  if (webConfig !== undefined) writeFileSync(join(folder, 'web.config'), webConfig);
}

/** What `dotnet publish` writes around a `system.webServer`. */
export function webConfigText(webServer: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<configuration>
<location path="." inheritInChildApplications="false">
<system.webServer>
${webServer}
</system.webServer>
</location>
</configuration>
`;
}

export function aspNetCoreText(section: AspNetCoreShorthand): string {
  const items = (name: string, item: string, values: Readonly<Record<string, string>> | undefined): string =>
    values === undefined
      ? ''
      : element(name, {}, ...Object.entries(values).map(([key, value]) => element(item, { name: key, value })));
  return `<handlers><add name="aspNetCore" path="*" verb="*" modules="AspNetCoreModuleV2" resourceType="Unspecified" /></handlers>
${element(
  'aspNetCore',
  {
    processPath: section.processPath ?? process.execPath,
    ...(section.arguments === undefined ? {} : { arguments: section.arguments }),
    ...(section.hostingModel === undefined ? {} : { hostingModel: section.hostingModel }),
    ...section.attributes,
  },
  items('environmentVariables', 'environmentVariable', section.environment),
  items('handlerSettings', 'handlerSetting', section.handlerSettings),
)}`;
}

function element(name: string, attributes: Attributes, ...children: string[]): string {
  const text = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('');
  const body = children.filter((child) => child !== '').join('\n');
  return body === '' ? `<${name}${text} />` : `<${name}${text}>\n${body}\n</${name}>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
