/**
 * What systemd tells a service in its environment, meant for that one process and for nothing it starts
 * (https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html, sd_notify.html).
 */
const serviceVariables = [
  'LISTEN_PID',
  'LISTEN_FDS',
  'LISTEN_FDNAMES',
  'LISTEN_PIDFDID',
  'NOTIFY_SOCKET',
  'WATCHDOG_PID',
  'WATCHDOG_USEC',
] as const;

/** Removes them from an environment that programs inherit. */
export function dropServiceVariables(environment: Record<string, string | undefined>): void {
  for (const name of serviceVariables) delete environment[name];
}
