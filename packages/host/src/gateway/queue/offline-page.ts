import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** The file is read again after this time: deployments edit it while it is shown. */
const freshMs = 200;
const maxPageBytes = 4 * 1024 * 1024;
const nothing = new Uint8Array(0);

/** Reads `app_offline.htm`; a file that cannot be read, or is none, shows an empty page. */
export class OfflinePages {
  private readonly pages = new Map<string, { readonly readAt: number; readonly bytes: Promise<Uint8Array> }>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  read(path: string): Promise<Uint8Array> {
    const known = this.pages.get(path);
    if (known !== undefined && this.now() - known.readAt < freshMs) return known.bytes;
    const bytes = readRegularFile(path).catch(() => nothing);
    this.pages.set(path, { readAt: this.now(), bytes });
    return bytes;
  }

  forget(path: string): void {
    this.pages.delete(path);
  }
}

/** Never through a link: whoever owns the folder must not choose which file of the host is shown. */
async function readRegularFile(path: string): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = await file.stat();
    if (!status.isFile() || status.size > maxPageBytes) return nothing;
    return await file.readFile();
  } finally {
    await file.close();
  }
}
