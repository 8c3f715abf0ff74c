import { basename } from 'node:path';
import type { FolderDecision, Program } from './program.ts';

/** The web.config that says what was decided; undefined when the folder needs none, or has one that says it. */
export function webConfigText({ program }: Pick<FolderDecision, 'program'>): string | undefined {
  if (program === undefined) return undefined;
  return `<?xml version="1.0" encoding="utf-8"?>\n<configuration>\n${hostingXml(program, '  ')}</configuration>\n`;
}

export interface RunFolderSite {
  /** Absolute path of the folder. */
  readonly folder: string;
  /** Numeric addresses to listen on, IPv6 without brackets. */
  readonly addresses: readonly string[];
  readonly port: number;
}

/**
 * The applicationHost.config of a folder: one pool, one site, one application. What was decided stands in a
 * location, so that nothing has to be written into the folder, and a web.config in it still counts.
 */
export function applicationHostText(decision: FolderDecision, { folder, addresses, port }: RunFolderSite): string {
  const name = nameOf(folder);
  const bindings = addresses
    .map((address) => `${address.includes(':') ? `[${address}]` : address}:${port}:`)
    .map((text) => `          <binding protocol="http" bindingInformation="${escape(text)}" />\n`)
    .join('');
  const location =
    decision.program === undefined
      ? ''
      : `  <location path="${escape(name)}" inheritInChildApplications="false">\n${hostingXml(decision.program, '    ')}  </location>\n`;
  return `<?xml version="1.0" encoding="utf-8"?>
<!-- Made by "poolhouse run": ${comment(decision.reason)}. It is made anew each time. -->
<configuration>
  <system.applicationHost>
    <applicationPools>
      <add name="${escape(name)}" startMode="AlwaysRunning">
        <processModel idleTimeout="00:00:00" loadUserProfile="true" />
        <recycling>
          <periodicRestart time="00:00:00" />
        </recycling>
      </add>
    </applicationPools>
    <sites>
      <site name="${escape(name)}" id="1">
        <application path="/" applicationPool="${escape(name)}" preloadEnabled="true">
          <virtualDirectory path="/" physicalPath="${escape(folder)}" />
        </application>
        <bindings>
${bindings}        </bindings>
      </site>
    </sites>
  </system.applicationHost>
${location}</configuration>
`;
}

function hostingXml(program: Program, indent: string): string {
  const attributes = [
    `processPath="${escape(program.processPath)}"`,
    ...(program.arguments.length === 0 ? [] : [`arguments="${escape(program.arguments.map(quote).join(' '))}"`]),
    `hostingModel="${program.hostingModel}"`,
  ].join(' ');
  const variables = program.environmentVariables.map(
    ([name, value]) => `    <environmentVariable name="${escape(name)}" value="${escape(value)}" />`,
  );
  const hosting =
    variables.length === 0
      ? [`<aspNetCore ${attributes} />`]
      : [
          `<aspNetCore ${attributes}>`,
          '  <environmentVariables>',
          ...variables,
          '  </environmentVariables>',
          '</aspNetCore>',
        ];
  const lines = [
    '<system.webServer>',
    '  <handlers>',
    '    <add name="aspNetCore" path="*" verb="*" modules="AspNetCoreModuleV2" resourceType="Unspecified" />',
    '  </handlers>',
    ...hosting.map((line) => `  ${line}`),
    '</system.webServer>',
  ];
  return lines.map((line) => `${indent}${line}\n`).join('');
}

/** A word of a Windows command line, which is how arguments are split. */
function quote(word: string): string {
  return /^[^\s"]+$/.test(word) ? word : `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

/** The folder's name, as far as it can name a pool and a site. */
function nameOf(folder: string): string {
  const name = basename(folder)
    .replaceAll(/[|<>&"/\\[\]+=;:,?*@\p{Cc}]/gu, '')
    .trim()
    .slice(0, 64);
  return name === '' || name === '.' ? 'app' : name;
}

/** White space other than blanks would be read back as blanks. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => entities[character] as string)
    .replaceAll(/[\t\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function comment(text: string): string {
  return text.replaceAll('--', '- -');
}
