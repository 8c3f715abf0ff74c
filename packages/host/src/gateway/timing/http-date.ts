/** The `Date` field of our own answers, made once a second. */
export class HttpDate {
  private line = '';
  private second = -1;

  /** Whole line with CRLF, for the time of the last `refresh`. */
  get field(): string {
    return this.line;
  }

  /** `epochMs`: milliseconds since 1970. */
  refresh(epochMs: number): void {
    const second = Math.floor(epochMs / 1000);
    if (second === this.second) return;
    this.second = second;
    this.line = `Date: ${new Date(second * 1000).toUTCString()}\r\n`;
  }
}
