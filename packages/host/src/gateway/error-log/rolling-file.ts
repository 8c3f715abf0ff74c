import { constants } from 'node:fs';
import { type FileHandle, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface RollingFileOptions {
  /** Made by the supervisor; the gateway may write in it. */
  readonly folder: string;
  /** A file of at least this size is not written to any more, bytes. */
  readonly truncateBytes: number;
  /** What a new file begins with. */
  head(): string;
}

/** Files that are kept: whoever sends garbage shall not fill the disk. */
export const maxFiles = 100;

const fileName = /^httperr(\d{1,9})\.log$/;

/**
 * `httperr1.log`, `httperr2.log`, … of one folder. Several gateways append to one file, each with whole lines in one
 * write; the first that finds it full begins the next, and the others follow. A file that is moved away or removed is
 * begun anew.
 */
export class RollingFile {
  private readonly options: RollingFileOptions;
  private file: FileHandle | undefined;

  constructor(options: RollingFileOptions) {
    this.options = options;
  }

  /** Appends whole lines. Rejects when they could not be written; the next call tries again from the start. */
  async append(lines: string): Promise<void> {
    try {
      if (this.file === undefined || !(await this.takesMore(this.file))) await this.next();
      await this.file?.appendFile(lines);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    // Nothing can be done about a file that cannot be closed.
    await file?.close().catch(() => {});
  }

  private async takesMore(file: FileHandle): Promise<boolean> {
    const { size, nlink } = await file.stat();
    return nlink > 0 && size < this.options.truncateBytes;
  }

  /** Opens the newest file that takes more, or begins the one after it. */
  private async next(): Promise<void> {
    await this.close();
    const { folder } = this.options;
    const names = await readdir(folder);
    const numbers = names.flatMap((name) => Number(fileName.exec(name)?.[1] ?? [])).filter((number) => number > 0);
    const newest = Math.max(1, ...numbers);
    this.file = await this.open(newest);
    if (await this.takesMore(this.file)) return;
    await this.close();
    this.file = await this.open(newest + 1);
    for (const number of numbers) {
      // Another gateway may have removed it just now.
      if (number <= newest + 1 - maxFiles) await unlink(join(folder, `httperr${number}.log`)).catch(() => {});
    }
  }

  /** Whoever creates the file writes its head. */
  private async open(number: number): Promise<FileHandle> {
    const path = join(this.options.folder, `httperr${number}.log`);
    const append = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;
    try {
      const created = await open(path, append | constants.O_CREAT | constants.O_EXCL, 0o640);
      await created.appendFile(this.options.head());
      return created;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return open(path, append);
    }
  }
}
