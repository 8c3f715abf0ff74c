import type { RequestFailure } from '@poolhouse/contract';
import type { HostedApplication } from '../pool-state.ts';
import type { StartProblem } from './start-problem.ts';

/**
 * The answer to requests for an application that did not start: status, sub-status and title of the
 * ASP.NET Core Module.
 *
 * Out-of-process every failure is 502.5, or a bare 502.3 with `disableStartUpErrorPage`; in-process the
 * sub-status tells the failures apart.
 */
export function startFailure(application: HostedApplication, problem: StartProblem): RequestFailure {
  const detail = problem.detailed === true ? { detail: describe(problem) } : {};
  const page = application.startErrorPage;
  if (application.model === 'outofprocess') {
    return { status: 502, subStatus: page ? 5 : 3, title: page ? outOfProcessTitle : 'Bad Gateway', page, ...detail };
  }
  const [subStatus, title] = inProcessAnswer(problem);
  return { status: 500, subStatus, title, page: page || subStatus === 0, ...detail };
}

const outOfProcessTitle = 'ANCM Out-Of-Process Startup Failure';

function inProcessAnswer(problem: StartProblem): [subStatus: number, title: string] {
  switch (problem.stage) {
    case 'configuration':
    case 'program':
    case 'identity':
    case 'unsupported':
      return [0, 'ASP.NET Core IIS hosting failure (in-process)'];
    case 'runtime':
      return [31, 'Failed to load ASP.NET Core runtime'];
    case 'time':
      return [37, 'ASP.NET Core app failed to start within startup time limit'];
    case 'port':
    case 'launch':
    case 'exit':
    case 'listen':
      return [30, 'ASP.NET Core app failed to start'];
  }
}

/** The first comer of a pool decides what else it may host (module reference, in-process model). */
export const secondInProcess: RequestFailure = {
  status: 500,
  subStatus: 35,
  title: 'ASP.NET Core does not support multiple apps in the same app pool',
  page: true,
};

export const mixedHosting: RequestFailure = {
  status: 500,
  subStatus: 34,
  title: 'ASP.NET Core does not support mixing hosting models',
  page: true,
};

function describe(problem: StartProblem): string {
  return problem.output === undefined || problem.output === ''
    ? problem.message
    : `${problem.message}\n\n${problem.output}`;
}
