import type { FolderFacts } from './folder-facts.ts';
import { FolderProblem, type FolderDecision, type Program } from './program.ts';

/** A published .NET application; a folder of sources is refused with the command that publishes it. */
export function dotnetApplication({ names }: FolderFacts): FolderDecision | undefined {
  const suffix = '.runtimeconfig.json';
  const applications = names
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .filter((name) => names.includes(`${name}.dll`));
  const [application, other] = applications;
  if (other !== undefined) {
    throw new FolderProblem(
      `The folder holds several .NET applications: ${applications.join(', ')}.`,
      `Write a web.config that names one: <aspNetCore processPath="dotnet" arguments=".\\${other}.dll" />.`,
    );
  }
  if (application !== undefined) {
    const program: Program = {
      ...{ processPath: 'dotnet', arguments: [`.\\${application}.dll`], hostingModel: 'inprocess' },
      environmentVariables: [],
    };
    return { runtime: 'dotnet', reason: `the folder has ${application}${suffix}`, program };
  }
  const project = names.find((name) => /\.(cs|fs|vb)proj$/.test(name));
  if (project === undefined) return undefined;
  throw new FolderProblem(
    `${project} is a project, and Poolhouse runs what it is published to.`,
    'Run: dotnet publish -c Release -o publish, then: poolhouse run publish',
  );
}

/** A Python program; it is told its port in PORT, Django on its command line. */
export function pythonApplication({ names }: FolderFacts): FolderDecision | undefined {
  const environment = ['.venv', 'venv'].find((name) => names.includes(name));
  const processPath = environment === undefined ? 'python3' : `./${environment}/bin/python`;
  const python = (...words: readonly string[]): Program => ({
    ...{ processPath, arguments: words, hostingModel: 'outofprocess' },
    environmentVariables: [['PYTHONUNBUFFERED', '1']],
  });
  if (names.includes('manage.py')) {
    const program = python('manage.py', 'runserver', '--noreload', '127.0.0.1:%PORT%');
    return { runtime: 'python', reason: 'the folder has manage.py, a Django project', program };
  }
  const marker = ['pyproject.toml', 'requirements.txt', 'Pipfile', 'setup.py'].find((name) => names.includes(name));
  const entry = ['app.py', 'main.py', 'server.py', 'wsgi.py'].find((name) => names.includes(name));
  if (entry !== undefined) return { runtime: 'python', reason: `the folder has ${entry}`, program: python(entry) };
  if (marker === undefined) return undefined;
  throw new FolderProblem(
    `The folder has ${marker} and no app.py, main.py, server.py or wsgi.py to start.`,
    'Write a web.config that names the program, such as <aspNetCore processPath="python3" arguments="-m package" />.',
  );
}

/** A Rack application. */
export function rubyApplication({ names }: FolderFacts): FolderDecision | undefined {
  if (!names.includes('config.ru')) return undefined;
  const rackup = ['rackup', '--host', '127.0.0.1', '--port', '%PORT%'];
  const words = names.includes('Gemfile') ? ['bundle', 'exec', ...rackup] : rackup;
  const program: Program = {
    ...{ processPath: words[0] as string, arguments: words.slice(1), hostingModel: 'outofprocess' },
    environmentVariables: [],
  };
  return { runtime: 'ruby', reason: 'the folder has config.ru', program };
}
