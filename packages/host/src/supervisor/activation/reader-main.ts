import { diskFiles } from './reading/disk-files.ts';
import { serveReader } from './content/serve-reader.ts';
import type { ToReader } from './content/reader-messages.ts';

/**
 * The content reader: started by a supervisor that is root, under the gateway's user, with nothing but a control
 * channel. It ends with the channel.
 */
const receive = serveReader(diskFiles({ ownedByRoot: false, onlyOwnLinks: true }), (message) => {
  if (process.connected) process.send?.(message);
});
process.on('message', (message) => receive(message as ToReader));
process.on('disconnect', () => process.exit(0));
