import { expect, it } from 'vitest';
import { commandHelp, exitCodeHelp } from './help-text.ts';
import { commands } from './commands/index.ts';

/** docs/reference/commands.md is the help of every command, so that it cannot be out of date. Renew it with: vitest -u */
it('docs/reference/commands.md is what --help says', async () => {
  const page = [
    '# Commands',
    'Data goes to stdout, messages to stderr. `--json` makes both machine-readable: JSON of the management API on stdout (of `logs`, `events` and `run` one object per line); on stderr one object per line, `{"message": …}`, and at last the problem, if there is one: `code`, `exit`, `detail`, `hints`. Which Poolhouse a command talks to: the one of `--run` or `POOLHOUSE_RUN`, else the first that answers of `poolhouse run` in the current folder, of the current user, of the system.',
    ...commands.map((command) => `## ${command.names[0]}\n\n\`\`\`\n${commandHelp(command)}\n\`\`\``),
    `## Exit codes\n\n\`\`\`\n${exitCodeHelp()}\n\`\`\``,
  ];
  await expect(`${page.join('\n\n')}\n`).toMatchFileSnapshot('../../../../docs/reference/commands.md');
});
