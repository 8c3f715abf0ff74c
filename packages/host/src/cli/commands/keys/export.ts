import { open, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defineCommand } from '../../command.ts';
import { commandError } from '../../command-error.ts';
import { formatCount } from '../../format-values.ts';
import { ringOptions } from '../../key-rings/options.ts';
import { actOnRing, ringAccess } from '../../key-rings/ring-access.ts';
import { readSecret } from '../../read-secret.ts';

const shortest = 8;

export const keysExportCommand = defineCommand({
  names: ['keys export'],
  summary: 'Write the ring of a pool to a file, encrypted with a passphrase',
  description:
    'The passphrase is the first line of standard input. The file holds every key and revocation; whoever has it and ' +
    'the passphrase can sign in as anybody. It is made anew, with mode 0600.',
  arguments: [
    { name: 'POOL', description: 'name of the application pool' },
    { name: 'FILE', description: 'file to make' },
  ],
  options: ringOptions,
  examples: [['sudo poolhouse keys export shop shop-keys.json < passphrase', 'for a backup, or another machine']],
  exits: ['not-found', 'unusable-configuration'],
  async run({ arguments: [pool = '', file = ''], options, output, system }) {
    const access = await ringAccess(options, system, false);
    const ring = await access.ringOf(pool);
    const passphrase = await readSecret('Passphrase of the new file', system);
    if (passphrase.length < shortest) {
      throw commandError('wrong-value', `the passphrase must have at least ${shortest} characters`, [
        ['try', 'the passphrase as the first line of standard input'],
      ]);
    }
    const { elements = [] } = await actOnRing(ring, { type: 'read' }, output);
    if (elements.length === 0) throw commandError('key-ring-failed', `the key ring of pool ${ring.pool} is empty`);
    if (elements.some(({ closed }) => closed === true)) {
      const what = `keys of pool ${ring.pool} cannot be opened, nothing was written`;
      throw commandError('key-ring-failed', what, [['try', 'their certificate in olderCertificates']]);
    }
    const { archive = '' } = await access.actWithoutRing({ type: 'seal', elements, passphrase });
    const path = resolve(system.workingDirectory, file);
    await writeNew(path, archive);
    output.show(
      { pool: ring.pool, file: path, elements: elements.map(({ name }) => name) },
      () => `${formatCount(elements.length, 'element')} of the ring written to ${path}`,
    );
    return 0;
  },
});

/** Never follows a link and never overwrites. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } catch (error) {
      await unlink(path).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const because = code === 'EEXIST' ? 'there is such a file already' : message;
    throw commandError('file-failed', `${path} cannot be written: ${because}`);
  }
}
