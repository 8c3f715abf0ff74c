import { spawnSync } from 'node:child_process';
import { findProgram } from './packages.ts';

/**
 * Publishes a .NET project into `folder`, of which nothing is left in the sources. Throws a sentence when this machine
 * cannot.
 */
export function publishDotnet(project: string, folder: string): void {
  const dotnet = findProgram('dotnet');
  if (dotnet === undefined) throw new Error('the .NET SDK is not installed');
  const options = ['-c', 'Release', '--artifacts-path', `${folder}/artifacts`, '-o', folder, '--nologo', '-v', 'quiet'];
  const { status, stdout, stderr } = spawnSync(dotnet, ['publish', project, ...options], {
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`dotnet publish failed: ${`${stdout}${stderr}`.trim().slice(-500)}`);
}
