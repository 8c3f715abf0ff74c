import type { ErrorLogPlan } from '@poolhouse/contract';
import type { Emit } from '../../logging/index.ts';
import type { ErrorLogEntry } from './error-log-entry.ts';
import { errorLogHead, formatErrorLogLine } from './error-log-line.ts';
import { RollingFile } from './rolling-file.ts';

/** Lines that are written at once, and that may wait while the disk is slow, bytes. */
const batchBytes = 65_536;
const maxWaitingBytes = 1_048_576;

/** Where lines go; `RollingFile`, or what a test has instead. */
export interface LineFile {
  append(lines: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * The error log of the message layer (HTTP.sys: httperr): what was refused before any site was entered, or outside of
 * one. Never waits: lines are written in batches, and are lost, counted and told about when the disk does not take them.
 */
export class ErrorLog {
  private readonly plan: ErrorLogPlan;
  private readonly epoch: () => number;
  private readonly emit: Emit;
  private readonly file: LineFile;
  private waiting = '';
  private lost = 0;
  private writing: Promise<void> | undefined;

  constructor(plan: ErrorLogPlan, epoch: () => number, emit: Emit, file?: LineFile) {
    this.plan = plan;
    this.epoch = epoch;
    this.emit = emit;
    const { folder, truncateBytes, format } = plan;
    this.file = file ?? new RollingFile({ folder, truncateBytes, head: () => errorLogHead(epoch(), format) });
  }

  add(entry: ErrorLogEntry): void {
    if (this.waiting.length >= maxWaitingBytes) {
      this.lost++;
      return;
    }
    this.waiting += formatErrorLogLine(entry, this.epoch(), this.plan.format);
    if (this.waiting.length >= batchBytes) this.flush();
  }

  /** To be called once a second. */
  flush(): void {
    if (this.lost > 0) this.tellLost('the disk is too slow');
    if (this.writing !== undefined || this.waiting === '') return;
    const lines = this.waiting;
    this.waiting = '';
    this.writing = this.file
      .append(lines)
      .catch((error: Error) => {
        this.lost += lines.split('\n').length - 1;
        this.tellLost(error.message);
      })
      .then(() => {
        this.writing = undefined;
        if (this.waiting.length >= batchBytes) this.flush();
      });
  }

  /** Writes what waits, and ends. */
  async close(): Promise<void> {
    await this.writing;
    this.flush();
    await this.writing;
    await this.file.close();
  }

  private tellLost(error: string): void {
    this.emit('gateway.error_log_failed', { folder: this.plan.folder, error, lost: this.lost });
    this.lost = 0;
  }
}
