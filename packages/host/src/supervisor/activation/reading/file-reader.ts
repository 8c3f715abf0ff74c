/**
 * How configuration files are reached: everything that parses them gets one of these and never touches a disk
 * itself. The process that holds it decides what may be read.
 */
export interface FileReader {
  /**
   * Reads a whole file; undefined when it does not exist.
   *
   * @param within a folder that the file, links resolved, must not leave
   * @throws FileProblem
   */
  read(path: string, within?: string): Promise<FileContent | undefined>;
  /** What a folder holds; undefined when it does not exist. @throws FileProblem */
  list(folder: string): Promise<readonly FolderEntry[] | undefined>;
  /** What changes with a file that is only looked at, links followed; undefined when there is no such regular file. */
  stamp(path: string): Promise<string | undefined>;
}

export interface FolderEntry {
  readonly name: string;
  /** A folder itself, no link to one. */
  readonly isFolder: boolean;
}

export interface FileContent {
  readonly bytes: Uint8Array;
  /** Changes whenever the file is written, replaced or touched. */
  readonly stamp: string;
}

/** A file exists and cannot be used. The message is a sentence for the operator. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
}
