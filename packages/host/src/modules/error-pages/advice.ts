/** What usually lies behind a failure of hosting, and what to do: lists of sentences, `code` in backticks. */
export interface Advice {
  readonly causes: readonly string[];
  readonly steps: readonly string[];
}

/** Advice for a status, or undefined when the status says it all. */
export function adviceFor(status: number, subStatus: number): Advice | undefined {
  return table[`${status}.${subStatus}`];
}

const readEvents = 'Read what the host has recorded: `poolhouse events`.';
const readOutput = 'Read what the application wrote before it ended: `poolhouse logs`.';
const startByHand = 'Start the program by hand, as the user of its pool and in the folder of the application.';

/** By status and sub-status, as the ASP.NET Core Module counts them. */
const table: Readonly<Record<string, Advice>> = {
  '500.0': {
    causes: [
      'A setting of `<aspNetCore>` (or of `<httpPlatform>`, `<iisnode>`) is missing or wrong.',
      'The program that `processPath` names was not found.',
    ],
    steps: [readEvents, 'Check the files: `poolhouse check` names file and line of every mistake.'],
  },
  '500.19': {
    causes: [
      'A `web.config` is not well-formed XML, or holds an element or a value that is not allowed there.',
      'The file sets a section that a file above it has locked.',
    ],
    steps: ['Check the files: `poolhouse check` names file, line and column.', readEvents],
  },
  '500.21': {
    causes: ['A handler of this path needs a module that this server does not have.'],
    steps: [
      'See which handler takes the path and where it was written: `poolhouse explain`.',
      'Remove the handler from the `web.config`, or map the path to a module that exists here.',
    ],
  },
  '500.30': {
    causes: [
      'The application threw an exception, or ended, before it began to listen.',
      'A setting, a file or a service that the application needs at its start is missing.',
    ],
    steps: [readOutput, readEvents, startByHand],
  },
  '500.31': {
    causes: ['The version of the runtime that the application was built for is not installed.'],
    steps: [
      'Compare what is installed with what the application asks for: `dotnet --list-runtimes`.',
      'Install that version, or publish the application self-contained.',
    ],
  },
  '500.32': {
    causes: ['The runtime was found and could not be loaded: it is damaged, or made for another processor.'],
    steps: ['Install the runtime for this machine again.', 'Publish the application for this processor.'],
  },
  '500.33': {
    causes: ['The application does not refer to the framework that answers requests.'],
    steps: ['Check that the project refers to `Microsoft.AspNetCore.App`, and publish it again.'],
  },
  '500.34': {
    causes: ['Applications of one pool want different hosting models.'],
    steps: ['Give each application a pool of its own, or the same `hostingModel`.'],
  },
  '500.35': {
    causes: ['A second application of the pool is hosted in-process; a pool can hold one.'],
    steps: ['Give each in-process application a pool of its own.'],
  },
  '500.36': {
    causes: ['`handlerVersion` asks for a version of the request handler that is not installed.'],
    steps: ['Remove `handlerVersion` from `<handlerSettings>`.'],
  },
  '500.37': {
    causes: [
      'The application was still busy starting when `startupTimeLimit` was over.',
      'The machine is short of processor time or memory; many applications start at once.',
    ],
    steps: [readOutput, 'Raise `startupTimeLimit`, or let the application start before the first request.'],
  },
  '500.38': {
    causes: ['The application was not found in its folder, or was published as a single file.'],
    steps: ['Publish the application again and compare `arguments` with the files in the folder.'],
  },
  '502.3': {
    causes: [
      'The application closed the connection, or sent something that is not HTTP.',
      'The application did not begin to answer within `requestTimeout`.',
    ],
    steps: [readOutput, readEvents],
  },
  '502.5': {
    causes: [
      'The program that `processPath` names was not found, or may not be executed.',
      'The application ended before it began to listen.',
      'The application listens on another port than the one in `ASPNETCORE_PORT`, or not on 127.0.0.1.',
    ],
    steps: [readOutput, readEvents, startByHand],
  },
};
