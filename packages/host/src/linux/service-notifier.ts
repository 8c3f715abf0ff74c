import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Tells the service manager how we are; without one, every call does nothing. */
export interface ServiceNotifier {
  /** We serve; also the end of `reloading`. Starts the watchdog's regular sign of life. */
  ready(status: string): void;
  /** A reload has begun, because we were asked to. */
  reloading(): void;
  stopping(status: string): void;
  /** One line that `systemctl status` shows. */
  status(text: string): void;
  /** Gives no more signs of life; what was said before still arrives. */
  close(): void;
}

export interface ServiceNotifierOptions {
  /** Holds `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` when a service manager wants to hear from us. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** Called at most once: the program that speaks to the service manager is not installed. */
  readonly missing: (program: string) => void;
  /** Called at most once: it failed. */
  readonly failed: (error: string) => void;
  /** Absolute path; for tests. */
  readonly program?: string;
}

const notifyProgram = '/usr/bin/systemd-notify';

/** It waits up to 5 s until the service manager has read the message, so that it knows whom it came from. */
const notifyLimitMs = 10_000;

/** Each sign of life is a process of its own: none more often than this, milliseconds. */
const shortestSignMs = 100;

/**
 * The protocol of sd_notify, spoken by `systemd-notify`, since Node.js has no unix datagram sockets. Messages
 * arrive in the order of the calls. `--pid` names us as the main process, also when a script started us.
 *
 * Source: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
 */
export function createServiceNotifier(options: ServiceNotifierOptions): ServiceNotifier {
  const { environment, program = notifyProgram } = options;
  const socket = environment['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return silentNotifier;
  if (!existsSync(program)) {
    options.missing(program);
    return silentNotifier;
  }
  return new SystemdNotifier(socket, program, watchdogIntervalMs(environment, options.pid), options);
}

/** Half of what the service manager waits for, as it recommends; undefined when it watches another process, or none. */
export function watchdogIntervalMs(
  { WATCHDOG_USEC, WATCHDOG_PID }: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | undefined {
  if (WATCHDOG_USEC === undefined || !/^\d{1,15}$/.test(WATCHDOG_USEC) || Number(WATCHDOG_USEC) === 0) return undefined;
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(pid)) return undefined;
  // The longest delay of a timer is 2^31 - 1 ms.
  return Math.min(2 ** 31 - 1, Math.max(shortestSignMs, Math.floor(Number(WATCHDOG_USEC) / 2_000)));
}

const silentNotifier: ServiceNotifier = { ready() {}, reloading() {}, stopping() {}, status() {}, close() {} };

class SystemdNotifier implements ServiceNotifier {
  readonly #socket: string;
  readonly #program: string;
  readonly #watchdogMs: number | undefined;
  readonly #pid: number;
  readonly #failed: (error: string) => void;
  readonly #waiting: (readonly string[])[] = [];
  #speaking = false;
  #failureTold = false;
  #watchdog: NodeJS.Timeout | undefined;

  constructor(
    socket: string,
    program: string,
    watchdogMs: number | undefined,
    { pid, failed }: Pick<ServiceNotifierOptions, 'pid' | 'failed'>,
  ) {
    this.#socket = socket;
    this.#program = program;
    this.#watchdogMs = watchdogMs;
    this.#pid = pid;
    this.#failed = failed;
  }

  ready(status: string): void {
    this.#say('READY=1', `STATUS=${oneLine(status)}`);
    if (this.#watchdogMs === undefined || this.#watchdog !== undefined) return;
    // On the timer of this very thread: a supervisor whose loop hangs gives no sign.
    this.#watchdog = setInterval(() => {
      if (!this.#speaking) this.#say('WATCHDOG=1');
    }, this.#watchdogMs).unref();
  }

  reloading(): void {
    // The clock of hrtime is CLOCK_MONOTONIC, which is the one that is asked for.
    this.#say('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1_000n}`);
  }

  stopping(status: string): void {
    this.#say('STOPPING=1', `STATUS=${oneLine(status)}`);
  }

  status(text: string): void {
    this.#say(`STATUS=${oneLine(text)}`);
  }

  close(): void {
    clearInterval(this.#watchdog);
  }

  #say(...assignments: readonly string[]): void {
    this.#waiting.push(assignments);
    if (!this.#speaking) this.#sayNext();
  }

  #sayNext(): void {
    const assignments = this.#waiting.shift();
    this.#speaking = assignments !== undefined;
    if (assignments === undefined) return;
    const options = {
      ...{ env: { NOTIFY_SOCKET: this.#socket, LC_ALL: 'C' }, cwd: '/', timeout: notifyLimitMs },
      killSignal: 'SIGKILL' as const,
    };
    execFile(this.#program, [`--pid=${this.#pid}`, ...assignments], options, (error, _, stderr) => {
      if (error !== null) this.#tellFailure(stderr.trim() === '' ? error.message : stderr.trim());
      this.#sayNext();
    });
  }

  #tellFailure(error: string): void {
    if (!this.#failureTold) this.#failed(error.slice(0, 500));
    this.#failureTold = true;
  }
}

/** A line break would begin another assignment. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 500);
}
