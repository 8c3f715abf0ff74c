import type { Command } from '../command.ts';
import { checkCommand } from './check.ts';
import { eventsCommand } from './events.ts';
import { helpCommand } from './help.ts';
import { keysCommands } from './keys/index.ts';
import { logsCommand } from './logs.ts';
import { poolListCommand } from './pool-list.ts';
import { poolRecycleCommand } from './pool-recycle.ts';
import { poolStartCommand } from './pool-start.ts';
import { poolStopCommand } from './pool-stop.ts';
import { runCommand } from './run.ts';
import { startCommand } from './start.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { versionCommand } from './version.ts';

/** Every command, in the order in which the help lists them. */
export const commands: readonly Command[] = [
  runCommand,
  startCommand,
  stopCommand,
  statusCommand,
  poolListCommand,
  poolRecycleCommand,
  poolStartCommand,
  poolStopCommand,
  logsCommand,
  eventsCommand,
  checkCommand,
  ...keysCommands,
  helpCommand(() => commands),
  versionCommand,
];
