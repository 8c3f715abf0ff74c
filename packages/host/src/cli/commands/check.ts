import type { ConfigurationDiagnostic } from '../../supervisor/activation/index.ts';
import { fileLocations } from '../../supervisor/file-locations.ts';
import { defineCommand } from '../command.ts';
import { configurationFile } from '../configuration-file.ts';
import { formatDiagnostics } from '../diagnostic-lines.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatCount } from '../format-values.ts';

export const checkCommand = defineCommand({
  names: ['check'],
  summary: 'Check configuration files without starting anything',
  description:
    'Reads the server-level file and the web.config files of every site, and reports everything that is wrong or ' +
    'has no effect here, all at once. Opens no port, starts no program, writes nothing.',
  arguments: [
    {
      name: 'FILE',
      description: 'applicationHost.config, or the folder that has it; default: where start looks',
      optional: true,
    },
  ],
  options: {
    strict: { type: 'boolean', description: 'Warnings count too' },
    'allow-root': {
      type: 'boolean',
      description: 'As root: check for start --allow-root, which reads files of others',
    },
  },
  examples: [
    ['poolhouse check /etc/poolhouse', 'before a restart'],
    ['poolhouse check site.config --strict --json', 'in a build, for programs'],
  ],
  exits: ['denied', 'invalid', 'warnings'],
  async run({ arguments: [file], options, output, system }) {
    const { environment, uid, home, workingDirectory } = system;
    const found = fileLocations({ environment, uid, home, workingDirectory, flags: { config: file } });
    const locations = { ...found, configuration: configurationFile(found.configuration) };
    const [{ loaderFor }, { gatewayUserName }, { findUser }] = await Promise.all([
      import('../loader.ts'),
      import('../../supervisor/pools/index.ts'),
      import('../../linux/index.ts'),
    ]);
    const load = loaderFor(locations, system, {
      separateUsers: uid === 0 && options['allow-root'] !== true,
      // Before the first start that user does not exist, and checking makes none.
      contentUser: async () => findUser(gatewayUserName) ?? findUser('nobody'),
    });
    const result = await load(undefined);
    const diagnostics = 'errors' in result ? result.errors : result.revision.diagnostics;
    const errors = countOf(diagnostics, 'error');
    const warnings = countOf(diagnostics, 'warning');
    output.show({ items: diagnostics, total: diagnostics.length, errors, warnings }, () =>
      diagnostics.length === 0 ? `${locations.configuration} is valid` : formatDiagnostics(diagnostics),
    );
    if (diagnostics.length > 0) output.say(`${formatCount(errors, 'error')}, ${formatCount(warnings, 'warning')}`);
    if (errors > 0) return exitCodes.invalid.code;
    return warnings > 0 && options.strict === true ? exitCodes.warnings.code : exitCodes.ok.code;
  },
});

function countOf(diagnostics: readonly ConfigurationDiagnostic[], severity: 'error' | 'warning'): number {
  return diagnostics.filter((each) => each.severity === severity).length;
}
