import type { Command } from '../../command.ts';
import { keysCreateCommand } from './create.ts';
import { keysExportCommand } from './export.ts';
import { keysImportCommand } from './import.ts';
import { keysListCommand } from './list.ts';
import { keysProvisionCommand } from './provision.ts';
import { keysPruneCommand } from './prune.ts';
import { keysReprotectCommand } from './reprotect.ts';
import { keysRevokeCommand } from './revoke.ts';
import { keysShowCommand } from './show.ts';

/** Data protection keys, in the order in which the help lists them. */
export const keysCommands: readonly Command[] = [
  keysListCommand,
  keysShowCommand,
  keysProvisionCommand,
  keysCreateCommand,
  keysRevokeCommand,
  keysReprotectCommand,
  keysExportCommand,
  keysImportCommand,
  keysPruneCommand,
];
