/** One site of `samples/applicationHost.config`. */
export interface Sample {
  /** Name of the site. */
  readonly site: string;
  /** Port of its binding in the file. */
  readonly defaultPort: number;
  /** What a visitor finds. */
  readonly shows: string;
  /** Program without which the site cannot run. */
  readonly needs?: 'dotnet' | 'python3';
}

export const samples: readonly Sample[] = [
  { site: 'static', defaultPort: 8081, shows: 'files from a folder, no process' },
  { site: 'express', defaultPort: 8082, shows: 'Express, unchanged, in the worker process' },
  { site: 'fastify', defaultPort: 8083, shows: 'Fastify with the integration, out-of-process' },
  { site: 'python', defaultPort: 8084, shows: "Python's standard library, out-of-process", needs: 'python3' },
  { site: 'aspnetcore', defaultPort: 8085, shows: 'ASP.NET Core 10 as dotnet publish leaves it', needs: 'dotnet' },
  { site: 'two-applications', defaultPort: 8086, shows: 'two applications in two pools: / and /api' },
];
