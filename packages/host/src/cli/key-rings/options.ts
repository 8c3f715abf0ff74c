import type { OptionDefinition } from '../command.ts';

/** Options of every command about key rings: which configuration, and whose. */
export const ringOptions = {
  config: { type: 'string', value: 'FILE', description: 'Server-level file (default: where start looks)' },
  state: { type: 'string', value: 'DIR', description: 'Folder for what survives a restart' },
  run: { type: 'string', value: 'DIR', description: 'Run folder of the Poolhouse to tell of a change' },
  'allow-root': { type: 'boolean', description: 'As root: for start --allow-root, where pools run as root' },
} as const satisfies Record<string, OptionDefinition>;

export const confirmOption = {
  yes: { type: 'boolean', short: 'y', description: 'Do it without asking' },
} as const satisfies Record<string, OptionDefinition>;

/** A certificate that a command is given. */
export const certificateOptions = {
  cert: { type: 'string', value: 'FILE', description: 'Certificate with its private key, PEM or PFX' },
  'cert-key': { type: 'string', value: 'FILE', description: 'PEM file with its private key, if not in the first one' },
  'passphrase-file': { type: 'string', value: 'FILE', description: 'File whose first line opens the certificate' },
} as const satisfies Record<string, OptionDefinition>;
