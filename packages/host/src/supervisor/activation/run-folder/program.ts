/** How to start what a folder holds. */
export interface Program {
  readonly processPath: string;
  /** Words, not yet quoted. */
  readonly arguments: readonly string[];
  readonly hostingModel: 'inprocess' | 'outofprocess';
  readonly environmentVariables: readonly (readonly [name: string, value: string])[];
}

/** What was found in a folder, and why it is taken for what it is. */
export interface FolderDecision {
  readonly runtime: 'configured' | 'dotnet' | 'node' | 'python' | 'ruby' | 'static';
  /** `package.json has scripts.start "node server.js"`. */
  readonly reason: string;
  /** Undefined for a folder of files, and for one whose own web.config says it. */
  readonly program?: Program;
}

/** A folder that looks like an application and cannot be run as it is. */
export class FolderProblem extends Error {
  override readonly name = 'FolderProblem';
  /** What to do. */
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}
