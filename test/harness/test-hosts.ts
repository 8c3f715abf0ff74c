import { afterAll, beforeAll, onTestFinished } from 'vitest';

import { startHost, type HostOptions, type TestHost } from './host.ts';

/** A host for one test: stopped and checked when the test has finished, however it ends. */
export async function useHost(options: HostOptions): Promise<TestHost> {
  const host = await startHost(options);
  onTestFinished(() => host.stop());
  return host;
}

/**
 * One host for all tests of a `describe`: started before the first, stopped and checked after the last.
 * `options` may be a function, for what is known only when the tests run.
 */
export function sharedHost(options: HostOptions | (() => HostOptions | Promise<HostOptions>)): {
  readonly current: TestHost;
} {
  let host: TestHost | undefined;
  beforeAll(async () => {
    host = await startHost(typeof options === 'function' ? await options() : options);
  });
  afterAll(async () => {
    await host?.stop();
  });
  return {
    get current() {
      if (host === undefined) throw new Error('the host is not started yet');
      return host;
    },
  };
}
