import { mkdirSync, writeFileSync } from 'node:fs';

export type HostingModel = 'inprocess' | 'outofprocess';

/** One site with one application in a pool of its own, all called the same. */
export interface HostedApp {
  readonly name: string;
  readonly port: number;
  readonly hostingModel: HostingModel;
  /** Absolute path of the program that this Node.js runs. */
  readonly program: string;
  readonly startMode: 'OnDemand' | 'AlwaysRunning';
}

/**
 * Writes `applicationHost.config` and, for each app, a content folder with a `web.config`, as an IIS user has
 * them. Returns the path of the former. What ends or replaces processes by itself is switched off.
 */
export function writeConfiguration(folder: string, apps: readonly HostedApp[]): string {
  for (const app of apps) {
    mkdirSync(`${folder}/sites/${app.name}`, { recursive: true });
    writeFileSync(`${folder}/sites/${app.name}/web.config`, webConfig(app));
  }
  const file = `${folder}/applicationHost.config`;
  writeFileSync(file, applicationHostConfig(folder, apps));
  return file;
}

function applicationHostConfig(folder: string, apps: readonly HostedApp[]): string {
  const pools = apps.map(
    ({ name, startMode }) => `      <add name="${name}" startMode="${startMode}">
        <processModel idleTimeout="00:00:00" />
        <recycling><periodicRestart time="00:00:00" /></recycling>
      </add>`,
  );
  const sites = apps.map(
    ({ name, port }, index) => `      <site name="${name}" id="${index + 1}">
        <application path="/" applicationPool="${name}">
          <virtualDirectory path="/" physicalPath="${folder}/sites/${name}" />
        </application>
        <bindings><binding protocol="http" bindingInformation="127.0.0.1:${port}:" /></bindings>
      </site>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.applicationHost>
    <applicationPools>
${pools.join('\n')}
    </applicationPools>
    <sites>
${sites.join('\n')}
    </sites>
  </system.applicationHost>
</configuration>
`;
}

function webConfig({ hostingModel, program }: HostedApp): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.webServer>
    <handlers>
      <add name="aspNetCore" path="*" verb="*" modules="AspNetCoreModuleV2" resourceType="Unspecified" />
    </handlers>
    <aspNetCore processPath="${process.execPath}" arguments="${program}" hostingModel="${hostingModel}" />
  </system.webServer>
</configuration>
`;
}
