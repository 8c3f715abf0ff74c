import { defineCommand } from '../../command.ts';
import { formatCount } from '../../format-values.ts';
import { givenCertificate } from '../../key-rings/given-certificate.ts';
import { certificateOptions, ringOptions } from '../../key-rings/options.ts';
import { readDocuments } from '../../key-rings/read-documents.ts';
import { actOnRing, ringAccess } from '../../key-rings/ring-access.ts';
import { tellOfChange } from '../../key-rings/tell-of-change.ts';
import { readSecret } from '../../read-secret.ts';

export const keysImportCommand = defineCommand({
  names: ['keys import'],
  summary: 'Add keys from a file or another ring to the ring of a pool',
  description:
    'Takes a file that keys export wrote (its passphrase is the first line of standard input), one key file, or a folder ' +
    'of them, such as a ring of Windows that was protected for a certificate there. Keys and revocations that the ring ' +
    'has are left as they are; when one cannot be opened, nothing is imported.',
  arguments: [
    { name: 'POOL', description: 'name of the application pool' },
    { name: 'PATH', description: 'file, or folder with key files' },
  ],
  options: { ...ringOptions, ...certificateOptions },
  examples: [
    ['sudo poolhouse keys import shop shop-keys.json < passphrase', 'from another machine'],
    ['sudo poolhouse keys import shop ./ring --cert k.pfx --passphrase-file p', 'from Windows'],
  ],
  exits: ['not-found', 'unusable-configuration', 'denied'],
  async run({ arguments: [pool = '', path = ''], options, output, system }) {
    const certificate = await givenCertificate(options, system);
    const { documents, needsPassphrase } = await readDocuments(path, system.workingDirectory);
    const access = await ringAccess(options, system, true);
    const ring = await access.ringOf(pool);
    const passphrase = needsPassphrase ? await readSecret('Passphrase of the file', system) : undefined;
    const { elements = [] } = await access.actWithoutRing({
      ...{ type: 'open', documents, certificates: certificate === undefined ? [] : [certificate] },
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    const { changed } = await actOnRing(ring, { type: 'import', elements }, output);
    output.show({ pool: ring.pool, place: ring.place, imported: changed }, () =>
      changed.length === 0 ? 'the ring has all of it already' : `${formatCount(changed.length, 'element')} imported`,
    );
    if (changed.length > 0) await tellOfChange(ring, access, system, output);
    return 0;
  },
});
